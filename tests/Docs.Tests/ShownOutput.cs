using System.Globalization;
using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Docs.Tests;

/// <summary>
/// Compares what commands print with what a document shows. Words are equal. Times are not compared, numbers within a hundredth, or not at all where
/// they depend on the day. A line <c>...</c> stands for any lines.
/// </summary>
internal static partial class ShownOutput
{
    private const double Tolerance = 0.01;

    /// <summary>The first shown line that is not printed; null where there is none.</summary>
    public static string? Missing(string shown, string printed, bool doNumbersVary)
    {
        var (expected, actual) = (Lines(shown), Lines(printed));
        var next = 0;
        // What serves may log before.
        var isSkipping = true;
        foreach (var line in expected)
        {
            if (line.Trim() == "...")
            {
                isSkipping = true;
                continue;
            }

            var at = isSkipping
                ? Array.FindIndex(actual, next, candidate => IsSame(line, candidate, doNumbersVary))
                : next < actual.Length && IsSame(line, actual[next], doNumbersVary) ? next : -1;
            if (at < 0)
            {
                return line;
            }

            (next, isSkipping) = (at + 1, false);
        }

        return null;
    }

    private static string[] Lines(string text) => [.. text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];

    private static bool IsSame(string expected, string actual, bool doNumbersVary)
    {
        var (mine, theirs) = (Parts(expected), Parts(actual));
        return mine.Length == theirs.Length && mine.Zip(theirs).All(pair => IsSamePart(pair.First, pair.Second, doNumbersVary));
    }

    private static bool IsSamePart(string expected, string actual, bool doNumbersVary)
    {
        if (!double.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out var shown)
            || !double.TryParse(actual, NumberStyles.Float, CultureInfo.InvariantCulture, out var printed))
        {
            return expected == actual;
        }

        return doNumbersVary || Math.Abs(shown - printed) <= Tolerance * Math.Abs(shown);
    }

    // Columns of a table may be wider for other numbers.
    private static string[] Parts(string line) =>
        [.. Part().Matches(EventId().Replace(
            Kernel().Replace(Duration().Replace(Instant().Replace(line, "TIME"), "DURATION"), "KERNEL"), "EVENT")).Select(part => part.Value)];

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z?")]
    private static partial Regex Instant();

    [GeneratedRegex(@"\b\d+(\.\d+)? (ms|s|min)\b")]
    private static partial Regex Duration();

    // Part of it is a digest of the event.
    [GeneratedRegex(@"\b\d+-[0-9a-f]{12}\b")]
    private static partial Regex EventId();

    // Of the CPU.
    [GeneratedRegex(@"vector\d+\.\d|scalar")]
    private static partial Regex Kernel();

    [GeneratedRegex(@"(?<![\w.-])[+-]?\d+(\.\d+)?(?![\w-])|[^\s\d]+|\d+")]
    private static partial Regex Part();
}
