using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Worker.Models;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>
/// Whether the networks of a training are better than what serves: the lower bound of the mean gain in Brier score, over days that neither has learnt from,
/// all symbols and horizons together, is above 0.
/// </summary>
/// <param name="plan">How the new networks were trained.</param>
internal sealed class PromotionGate(TrainingPlan plan)
{
    /// <summary>The level of the bounds: a network that is no better passes in one case of twenty.</summary>
    public const double Level = 0.9;

    private readonly PairedGains _gains = new();
    private DateOnly _from = DateOnly.MaxValue;
    private int _symbols;

    /// <summary>Adds a symbol, where there are enough days to compare its networks on.</summary>
    /// <param name="candidate">The new network.</param>
    /// <param name="serving">The one that serves.</param>
    /// <param name="seen">The last day that the serving one has learnt from.</param>
    /// <param name="history">The symbol's bars, up to the plan's last day.</param>
    /// <returns>Why the symbol is not added; null where it is.</returns>
    /// <exception cref="Forecasting.Checkpoints.CheckpointException">A network's probabilities are not valid. Nothing of the symbol is added.</exception>
    public string? Add(LoadedModel candidate, LoadedModel serving, DateOnly seen, LabelledHistory history)
    {
        var from = seen > plan.ValidationEnd ? seen : plan.ValidationEnd;
        var gains = new List<(DateOnly Day, int Horizon, double Gain)>();
        // The last days have no outcome even over the shortest horizon.
        for (var day = from.AddDays(1); day <= plan.Through.AddDays(-Horizons.All[0]); day = day.AddDays(1))
        {
            if (candidate.RunOn(history.Features, day) is not { } now || serving.RunOn(history.Features, day) is not { } then)
            {
                continue;
            }

            foreach (var horizon in Horizons.All.Where(horizon => day.AddDays(horizon) <= plan.Through))
            {
                if (history.OutcomeOf(day, horizon) is { } outcome)
                {
                    gains.Add((day, horizon, Brier(serving, then, horizon, outcome) - Brier(candidate, now, horizon, outcome)));
                }
            }
        }

        if (gains.Count(gain => gain.Horizon == Horizons.All[0]) < Fewest)
        {
            return FormattableString.Invariant(
                $"there are not {Fewest} days after {from:yyyy-MM-dd} up to {plan.Through:yyyy-MM-dd} with a known outcome that both models know nothing of");
        }

        foreach (var (day, horizon, gain) in gains)
        {
            _gains.Add(day, horizon, gain);
        }

        _symbols++;
        _from = from < _from ? from : _from;
        return null;
    }

    /// <summary>The decision about all added symbols; null where none was added.</summary>
    public GateDecision? Decide()
    {
        if (_gains.Together(Level) is not var (bounds, horizons, days))
        {
            return null;
        }

        // What is written decides: a gain that four decimals do not show is none.
        var gain = new MeanBounds(Rounding.Decimals(bounds.Mean, 4), Rounding.Decimals(bounds.Lower, 4), Rounding.Decimals(bounds.Upper, 4));
        return new(gain.Lower > 0, gain, days, _symbols, FormattableString.Invariant(
            $"its Brier score is {Amount(gain)} over {days} days after {_from:yyyy-MM-dd}, {Named(horizons)} days ahead, {Counted()}{Lack(gain)}"));
    }

    private static int Fewest => (BlockBootstrap.FewestBlocks * PairedGains.BlockOf(Horizons.All[0])) + 1;

    private static string Amount(MeanBounds gain) =>
        FormattableString.Invariant($"{Math.Abs(gain.Mean):F4} {(gain.Mean >= 0 ? "lower" : "higher")} (gain {gain.Lower:F4} to {gain.Upper:F4})");

    private static string Lack(MeanBounds gain) => gain.Lower > 0 ? "" : "; a promotion needs a gain that is above 0 for certain";

    private static string Named(IReadOnlyList<int> horizons) =>
        horizons is [var only] ? $"{only}" : $"{string.Join(", ", horizons.SkipLast(1))} and {horizons[^1]}";

    private string Counted() => _symbols == 1 ? "of this symbol" : $"{_symbols} symbols together";

    private static double Brier(LoadedModel model, float[] probabilities, int horizon, Direction outcome) =>
        ForecastScore.BrierOf([.. model.OutlookOf(probabilities, horizon).Probabilities], outcome);
}

/// <summary>The decision of a comparison.</summary>
/// <param name="IsBetter">Whether the new networks are better for certain.</param>
/// <param name="Gain">The mean gain in Brier score and its bounds, to four decimals.</param>
/// <param name="Days">The days compared.</param>
/// <param name="Symbols">The symbols compared.</param>
/// <param name="Why">In words.</param>
internal sealed record GateDecision(bool IsBetter, MeanBounds Gain, int Days, int Symbols, string Why);
