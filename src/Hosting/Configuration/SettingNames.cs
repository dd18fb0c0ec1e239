using System.Collections;
using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>
/// The name under which a setting was given, for whoever has to put it right: an argument of the command line, a variable of the environment in either
/// spelling. A setting of a file, and one that was not given, go by their key.
/// </summary>
public static partial class SettingNames
{
    /// <summary>The name that set the key; else the key, with the name that would set it in brackets.</summary>
    public static string Of(string key) => Given(key) ?? (SpecifiedEnvironment.NameOf(key) is { } specified ? $"{key} ({specified})" : key);

    /// <summary>A sentence about settings by their keys, such as <c>Redis:Port (REDIS_PORT) is 'x'</c>, by the names that set them.</summary>
    public static string AsGiven(string sentence) => KeyInSentence().Replace(sentence, match => Given(match.Groups["key"].Value) ?? match.Value);

    private static string? Given(string key) => Given(
        key,
        Environment.GetCommandLineArgs().Skip(1),
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Where(entry => entry.Value is string { Length: > 0 }).Select(entry => (string)entry.Key));

    // In the order in which one goes before the other.
    internal static string? Given(string key, IEnumerable<string> arguments, IEnumerable<string> variables)
    {
        var names = variables.ToArray();
        return arguments.Select(argument => argument.Split('=', 2)[0])
            .LastOrDefault(argument => IsSame(argument.TrimStart('-', '/'), key) && argument.Length > key.Length)
            ?? names.FirstOrDefault(name => IsSame(name.Replace("__", ":", StringComparison.Ordinal), key))
            ?? names.FirstOrDefault(name => name == SpecifiedEnvironment.NameOf(key));
    }

    private static bool IsSame(string name, string key) => name.Equals(key, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\b(?<key>[A-Z][A-Za-z]+(:[A-Z][A-Za-z]+)+)( \([A-Z_]+\))?", RegexOptions.CultureInvariant)]
    private static partial Regex KeyInSentence();
}
