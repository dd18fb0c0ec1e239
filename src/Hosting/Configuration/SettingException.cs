namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>
/// A setting that only a person can put right, or what it names refuses this program for good. Thrown before the host runs, it ends the process with its
/// message.
/// </summary>
/// <param name="message">A line: the setting's key, what was found, what was expected. Never a password.</param>
public sealed class SettingException(string message) : Exception(message);
