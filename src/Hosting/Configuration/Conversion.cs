using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>Rewrites the configuration binder's message about a value of the wrong type.</summary>
internal static partial class Conversion
{
    private static readonly Dictionary<string, string> Expected = new(StringComparer.Ordinal)
    {
        ["System.Int32"] = "a whole number",
        ["System.Int64"] = "a whole number",
        ["System.Double"] = "a number",
        ["System.Boolean"] = "true or false",
        ["System.TimeSpan"] = "a time span such as 00:01:30",
        ["System.DateOnly"] = "a day such as 2024-06-30",
        ["System.TimeOnly"] = "a time of day such as 02:00",
    };

    /// <summary>Null where the sentence has another form.</summary>
    public static string? Explain(string message)
    {
        if (BinderSentence().Match(message) is not { Success: true } match)
        {
            return null;
        }

        var (value, key, type) = (match.Groups["value"].Value, match.Groups["key"].Value, match.Groups["type"].Value);
        return $"{key} is '{value}': expected {ExpectedOf(type)}";
    }

    /// <summary>What a value of a type looks like, in words.</summary>
    /// <param name="type">The full name of the type.</param>
    public static string ExpectedOf(string type) => Expected.GetValueOrDefault(type) ?? Names(type) ?? type;

    private static string? Names(string type) =>
        AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(type)).FirstOrDefault(found => found?.IsEnum == true) is { } names
            ? "one of " + string.Join(", ", Enum.GetNames(names))
            : null;

    // From Microsoft.Extensions.Configuration.Binder, which writes a nullable type around its own.
    [GeneratedRegex(
        @"^Failed to convert configuration value '(?<value>.*)' at '(?<key>[^']*)' to type '(System\.Nullable`1\[\[?)?(?<type>[^',\]]*).*'\.$",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex BinderSentence();
}
