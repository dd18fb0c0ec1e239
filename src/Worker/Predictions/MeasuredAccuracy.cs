using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Hosting;
using Coinsphere.Messaging.Worker.Models;

namespace Coinsphere.Messaging.Worker.Predictions;

/// <summary>
/// How often a model was right lately: its forecasts of the last days are made again, each from the bars up to its day, and compared with what came. Measured once for each model,
/// horizon and history of bars; a day's forecast is made once for all horizons, and for the next day's history too, where its window is the same.
/// </summary>
internal sealed class MeasuredAccuracy
{
    private const int MaxMeasured = 1_000;

    // A year of each of fifty symbols.
    private const int MaxForecasts = 20_000;

    private readonly Remembered<string, Lazy<HistoricalAccuracy>> _measured = new(MaxMeasured);
    private readonly Remembered<UInt128, float[]> _forecasts = new(MaxForecasts);

    /// <summary>The hit rates of a horizon of so many days, up to the last bar.</summary>
    public HistoricalAccuracy Of(LoadedModel model, PredictionInputs inputs, int days) =>
        _measured.GetOrAdd($"{model.Digest} {inputs.Digest} {days}", new Lazy<HistoricalAccuracy>(() => Measure(model, inputs, days))).Value;

    private HistoricalAccuracy Measure(LoadedModel model, PredictionInputs inputs, int days)
    {
        using var stage = Stages.Accuracy();
        // Nothing counts that lies before a gap.
        var windows = HitRates.ForecastDays(inputs.Series, days).Select(day => inputs.Features.WindowEndingAt(day, model.SequenceLength)).TakeWhile(known => known is not null)
            .Select(known => FeatureWindow.Standardise(known!, model.SequenceLength, model.Scaler)).ToArray();
        var said = Array.ConvertAll(Forecast(model, windows), probabilities => model.OutlookOf(probabilities, days).Direction);
        var rates = HitRates.Measure(inputs.Series, days, said);
        return new HistoricalAccuracy(
            Rounded(rates.Last30Days), Rounded(rates.Last90Days), rates.FirstDay is { } first && !model.Metadata.IsUnseen(first) ? true : null);
    }

    private float[][] Forecast(LoadedModel model, float[][] windows)
    {
        var keys = Array.ConvertAll(windows, window => WindowKey.Of(model, window));
        var forecasts = Array.ConvertAll(keys, _forecasts.Find);
        int[] missing = [.. Enumerable.Range(0, windows.Length).Where(i => forecasts[i] is null)];
        if (missing.Length == 0)
            return forecasts!;
        var length = windows[0].Length;
        var together = new float[missing.Length * length];
        for (var run = 0; run < missing.Length; run++)
            windows[missing[run]].CopyTo(together, run * length);
        var probabilities = new float[missing.Length * Outlook.Classes];
        model.Network.ForwardMany(together, missing.Length, probabilities);
        for (var run = 0; run < missing.Length; run++)
            forecasts[missing[run]] = _forecasts.GetOrAdd(keys[missing[run]], probabilities[(run * Outlook.Classes)..((run + 1) * Outlook.Classes)]);
        return forecasts!;
    }

    private static double? Rounded(double? rate) => rate is { } known ? Rounding.Decimals(known, 4) : null;
}
