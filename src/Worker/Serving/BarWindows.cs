using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// Tells equal windows of bars apart from corrected ones, within a process: a number for each, of the bars and the sentiment in it and of those that its first
/// features reach back to.
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

    /// <summary>The number of the window that ends on a day; null where no bar is of that day, or too few are before it.</summary>
    public ulong? EndingAt(DateOnly day)
    {
        var bars = _inputs.Series.Bars.Span;
        var end = bars.Length - (bars[^1].Day.DayNumber - day.DayNumber);
        // Where days are missing it is another bar's place.
        if (end < _length || bars[end - 1].Day != day)
        {
            return null;
        }

        return _prefixes[end] - (_prefixes[end - _length] * _power);
    }
}
