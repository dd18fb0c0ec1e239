using System.Globalization;

namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>
/// Rounds numbers of answers. The exact binary value decides, exact ties go to even (as Python's <c>round</c> and <c>format</c>). The result is the
/// double nearest to its decimal, so that it prints without extra digits, and is never -0.
/// </summary>
public static class Rounding
{
    // 10^22 is the largest power of ten that a double holds exactly.
    private const int MaxDecimals = 22;

    // From here on the doubles are at least one apart, and rounding to an integer changes nothing.
    private const double IntegersOnly = 9007199254740992;

    private static readonly double[] Powers =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>A price: 2 decimals from 1 upwards, 6 significant digits below.</summary>
    public static double Price(double value)
    {
        var size = Math.Abs(value);
        if (!(size < 1) || size == 0)
        {
            return Decimals(value, 2);
        }

        var decimals = 6;
        while (decimals <= MaxDecimals && size * Powers[decimals] < 1e5)
        {
            decimals++;
        }

        return decimals <= MaxDecimals
            ? Decimals(value, decimals)
            : double.Parse(value.ToString("E5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary><paramref name="value"/> to <paramref name="decimals"/> (0..22) decimals; NaN and infinities stay as they are.</summary>
    public static double Decimals(double value, int decimals)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(decimals);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(decimals, MaxDecimals);

        var power = Powers[decimals];
        var scaled = value * power;
        if (!(Math.Abs(scaled) < IntegersOnly))
        {
            return value;
        }

        // The product was rounded itself. Its error decides where it looks like a tie (2.675 is really a little less).
        var lost = Math.FusedMultiplyAdd(value, power, -scaled);
        var whole = Math.Floor(scaled);
        var rounded = scaled - whole == 0.5 && lost != 0
            ? whole + (lost > 0 ? 1 : 0)
            : Math.Round(scaled, MidpointRounding.ToEven);

        return (rounded / power) + 0.0; // -0 + 0 is 0
    }

    /// <summary><paramref name="value"/> with exactly <paramref name="decimals"/> decimals, invariant culture.</summary>
    public static string Text(double value, int decimals) =>
        Decimals(value, decimals).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
