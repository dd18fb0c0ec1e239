using System.Collections;
using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>
/// The name by which a setting was given, for the person who has to correct it: a command line argument, or an environment variable in either
/// spelling. A setting of a file, or one that was not given, is named by its key.
/// </summary>
public static partial class SettingNames
{
    /// <summary>The name that set the key; else the key, followed by the variable that would set it.</summary>
    public static string Of(string key) => Given(key) ?? (SpecifiedEnvironment.NameOf(key) is { } specified ? $"{key} ({specified})" : key);

    /// <summary>Replaces keys in a sentence about settings, such as <c>Redis:Port (REDIS_PORT) is 'x'</c>, by the names that set them.</summary>
    public static string AsGiven(string sentence) => KeyInSentence().Replace(sentence, match => Given(match.Groups["key"].Value) ?? match.Value);

    private static string? Given(string key) => Given(
        key,
        Environment.GetCommandLineArgs().Skip(1),
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Where(entry => entry.Value is string { Length: > 0 }).Select(entry => (string)entry.Key));

    // In the order of precedence.
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
