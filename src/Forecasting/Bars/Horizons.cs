using System.Globalization;

namespace Coinsphere.Messaging.Forecasting.Bars;

/// <summary>The horizons that are answered for, in days.</summary>
public static class Horizons
{
    /// <summary>7, 14 and 30.</summary>
    public static IReadOnlyList<int> All { get; } = [7, 14, 30];

    /// <summary>A horizon as files and answers name it, such as <c>7d</c>.</summary>
    public static string Name(int days) => string.Create(CultureInfo.InvariantCulture, $"{days}d");
}
