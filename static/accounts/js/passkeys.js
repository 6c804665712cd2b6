// Passkeys are made by allauth's scripts. Here: show their buttons only where they can work, and say what went wrong.
if (window.PublicKeyCredential && document.querySelector(".needs-script")) document.documentElement.dataset.passkeys = "";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const name = event.detail.exception?.name;
  const message = {
    NotAllowedError: "Cancelled, or it took too long. Nothing was changed.",
    InvalidStateError: "This device has a passkey for your account already.",
    SecurityError: "Passkeys don't work at this address. In development, open http://localhost instead of an IP address.",
  }[name] ?? "That didn't work. Please try again.";
  let place = document.querySelector("#passkey-error");
  if (!place) {
    place = document.createElement("p");
    place.id = "passkey-error";
    place.className = "field-error";
    place.setAttribute("role", "alert");
    document.querySelector(".needs-script").append(place);
  }
  place.textContent = message;
});
