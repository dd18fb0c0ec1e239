using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// Identifies windows of bars within a process. Equal windows have equal numbers, corrected ones have others. A number covers the window's bars and
/// sentiment, and the earlier bars that its first features use.
/// </summary>
internal sealed class BarWindows
{
    private const ulong Factor = 0x9E3779B97F4A7C15;

    private readonly PredictionInputs _inputs;
    private readonly ulong[] _prefixes;
    private readonly ulong _power;
    private readonly int _length;

    /// <param name="inputs">The bars.</param>
    /// <param name="steps">Days of a window.</param>
    public BarWindows(PredictionInputs inputs, int steps)
    {
        _inputs = inputs;
        _length = steps + FeatureEngineer.BarsNeeded(inputs.Series, 0);
        _power = 1;
        for (var i = 0; i < _length; i++)
        {
            _power *= Factor;
        }

        var bars = inputs.Series.Bars.Span;
        _prefixes = new ulong[bars.Length + 1];
        for (var i = 0; i < bars.Length; i++)
        {
            ref readonly var bar = ref bars[i];
            var hash = new HashCode();
            hash.Add(bar);
            hash.Add(inputs.Sentiment.KnownOn(bar.Day));
            // Twice, since a hash code has 32 bits.
            var first = (uint)hash.ToHashCode();
            hash.Add(bar.Close);
            _prefixes[i + 1] = (_prefixes[i] * Factor) + (((ulong)first << 32) | (uint)hash.ToHashCode());
        }
    }

    /// <summary>The number of the window that ends on a day; null where that day has no bar, or too few bars before it.</summary>
    public ulong? EndingAt(DateOnly day)
    {
        var bars = _inputs.Series.Bars.Span;
        var end = bars.Length - (bars[^1].Day.DayNumber - day.DayNumber);
        // Where days are missing, another day's bar is at this index.
        if (end < _length || bars[end - 1].Day != day)
        {
            return null;
        }

        return _prefixes[end] - (_prefixes[end - _length] * _power);
    }
}
