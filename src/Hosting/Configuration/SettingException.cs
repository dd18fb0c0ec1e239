namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>
/// A setting that only a person can correct, or a server named by one that permanently refuses this program. Thrown before the host runs, it ends the
/// process with its message.
/// </summary>
/// <param name="message">One line: the setting's key, what was found, what was expected. Never a password.</param>
public sealed class SettingException(string message) : Exception(message);
