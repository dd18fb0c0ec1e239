using System.Runtime.InteropServices;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Hosting;
using Coinsphere.Messaging.Worker.Models;

namespace Coinsphere.Messaging.Worker.Predictions;

/// <summary>
/// How often a model was right lately: its forecasts of the last days are made again, each from the bars up to its day, and compared with what came. Measured once for each model,
/// horizon and history of bars.
/// </summary>
internal sealed class MeasuredAccuracy
{
    private const int MaxRemembered = 1_000;

    private readonly Remembered<Lazy<HistoricalAccuracy>> _measured = new(MaxRemembered);

    /// <summary>The hit rates of a horizon of so many days, up to the last bar.</summary>
    public HistoricalAccuracy Of(LoadedModel model, PredictionInputs inputs, int days) =>
        _measured.GetOrAdd($"{model.Digest} {inputs.Digest} {days}", new Lazy<HistoricalAccuracy>(() => Measure(model, inputs, days))).Value;

    private static HistoricalAccuracy Measure(LoadedModel model, PredictionInputs inputs, int days)
    {
        using var stage = Stages.Accuracy();
        var windows = new List<float>(HitRates.LongPeriod * model.SequenceLength * FeatureNames.Count);
        foreach (var day in HitRates.ForecastDays(inputs.Series, days))
        {
            // Nothing counts that lies before a gap.
            if (inputs.Features.WindowEndingAt(day, model.SequenceLength) is not { } known)
                break;
            windows.AddRange(FeatureWindow.Standardise(known, model.SequenceLength, model.Scaler));
        }

        var said = model.OutlooksOf(CollectionsMarshal.AsSpan(windows), windows.Count / (model.SequenceLength * FeatureNames.Count), days);
        var rates = HitRates.Measure(inputs.Series, days, Array.ConvertAll(said, outlook => outlook.Direction));
        return new HistoricalAccuracy(
            Rounded(rates.Last30Days), Rounded(rates.Last90Days), rates.FirstDay is { } first && !model.Metadata.IsUnseen(first) ? true : null);
    }

    private static double? Rounded(double? rate) => rate is { } known ? Rounding.Decimals(known, 4) : null;
}
