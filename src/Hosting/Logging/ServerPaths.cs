using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Hosting.Logging;

/// <summary>Takes the folders of this machine out of what callers are told: a file's name is enough for them, and the log has the path.</summary>
public static partial class ServerPaths
{
    /// <summary>The text with the last name of every absolute path instead of the path.</summary>
    public static string Hide(string text) => text.Contains('/', StringComparison.Ordinal) ? AbsolutePath().Replace(text, NameOf) : text;

    private static string NameOf(Match path) =>
        path.Groups["quoted"] is { Success: true } quoted ? $"'{Last(quoted.Value)}'" : Last(path.Value);

    private static string Last(string path) => Path.GetFileName(path.TrimEnd('/'));

    // Quoted ones may have spaces. What follows a letter, a colon or a slash is part of a URL or of a pair such as BTC/USD.
    [GeneratedRegex(
        @"'(?<quoted>/[^']*/[^']*)'|(?<![\w:/.~-])/(?:[^\s'""/:,;()]+/)+[^\s'""/:,;()]*", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex AbsolutePath();
}
