using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Recipes;

/// <summary>A forecast: of a symbol, with what was known on a day, over a horizon.</summary>
internal readonly record struct ForecastOf(string Symbol, DateOnly Day, int Horizon);

/// <summary>A network with the defaults of a training, and its forecasts of every later day with an outcome.</summary>
/// <param name="SeenThrough">The last day that it has learnt from.</param>
/// <param name="Forecasts">[3] each.</param>
internal sealed record PastNetwork(DateOnly SeenThrough, IReadOnlyDictionary<ForecastOf, double[]> Forecasts)
{
    /// <summary>Trains one.</summary>
    /// <param name="histories">The symbols; those that are too young are left out.</param>
    /// <param name="seenThrough">The last day to learn from.</param>
    public static PastNetwork Train(IReadOnlyList<LabelledHistory> histories, DateOnly seenThrough)
    {
        var plan = new TrainingPlan { Through = seenThrough, TestDays = 0 };
        var usable = TrainingGroup.Usable(histories, plan, _ => { });
        var group = new TrainingGroup(usable, plan);
        var state = group.Begin();
        Trainer.Train(state, group.Training, group.Validation, plan.Options);
        var weights = state.Best.ToWeights();
        var network = CryptoLstm.Create(weights);
        var forecasts = new Dictionary<ForecastOf, double[]>();
        foreach (var symbol in group.Finish(weights))
        {
            var history = usable.First(history => history.Series.Symbol == symbol.Symbol);
            var probabilities = new float[Classes.Count];
            foreach (var day in history.Features.Days.ToArray().Where(day => day > seenThrough))
            {
                if (history.Features.WindowEndingAt(day, plan.Steps) is not { } known)
                {
                    continue;
                }

                network.Forward(FeatureWindow.Standardise(known, plan.Steps, symbol.Scaler), probabilities);
                foreach (var horizon in Horizons.All.Where(horizon => history.OutcomeOf(day, horizon) is not null))
                {
                    forecasts.Add(new(symbol.Symbol, day, horizon), symbol.Horizons[horizon].Calibration.Apply(probabilities));
                }
            }
        }

        return new(seenThrough, forecasts);
    }
}
