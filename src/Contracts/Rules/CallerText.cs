namespace Coinsphere.Messaging.Contracts;

/// <summary>Makes text of a caller safe for a refusal or a log line: limited in length, and without characters that could forge a line.</summary>
public static class CallerText
{
    /// <summary>The default limit, in characters.</summary>
    private const int Most = 40;

    /// <summary>The text, with a question mark for each control character, and three dots for what is beyond the limit.</summary>
    public static string Shown(string text, int most = Most)
    {
        var start = text.Length <= most ? text : text[..most];
        var shown = string.Concat(start.Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? '?' : c));
        return text.Length <= most ? shown : shown + "...";
    }

    /// <summary>The same in quotes; <c>null</c> for null.</summary>
    public static string Quoted(string? text, int most = Most) => text is null ? "null" : $"'{Shown(text, most)}'";
}
