using System.Diagnostics.CodeAnalysis;

namespace Coinsphere.Messaging.Contracts;

/// <summary>The horizons that predictions are made for.</summary>
public static class Timeframes
{
    /// <summary>The timeframe of a request that does not name one.</summary>
    public const string Default = "7d";

    /// <summary>The timeframe of a gateway's own first question, which no caller uses. A worker refuses it without computing or counting anything.</summary>
    public const string OwnQuestion = "none";

    private static readonly (string Name, int Days)[] Known = [("7d", 7), ("14d", 14), ("30d", 30)];

    /// <summary>Every timeframe, shortest first.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Known.Select(known => known.Name)];

    /// <summary>The canonical timeframe of a text (any case, surrounding blanks; null means the default); false where it is not one.</summary>
    public static bool TryNormalise(string? text, [NotNullWhen(true)] out string? timeframe)
    {
        var trimmed = text?.Trim(' ') ?? Default;
        timeframe = All.FirstOrDefault(known => string.Equals(known, trimmed, StringComparison.OrdinalIgnoreCase));
        return timeframe is not null;
    }

    /// <summary>The days of a canonical timeframe.</summary>
    public static int Days(string timeframe)
    {
        foreach (var known in Known)
        {
            if (known.Name == timeframe)
            {
                return known.Days;
            }
        }

        throw new ArgumentException($"expected one of {string.Join(", ", All)}, found '{timeframe}'", nameof(timeframe));
    }
}
