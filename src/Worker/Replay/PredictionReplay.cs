using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Serving;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Replay;

/// <summary>Makes a recorded prediction again from its model and the current bars, and reports what is the same and what differs.</summary>
internal sealed class PredictionReplay(
    IRecordsSource records, PriceHistory prices, SentimentHistory sentiments, SymbolCatalog catalog, CheckpointFolder folder, ModelReader reader,
    VolatilityStore volatility, IOptions<ModelsOptions> models)
{
    // The largest difference between kernels of different widths, plus the rounding of a digit.
    private const double Tolerance = 1e-5 + 1e-6;

    /// <summary>Replays one prediction.</summary>
    /// <param name="id">Its id, with or without dashes.</param>
    /// <param name="line">Called with each comparison.</param>
    /// <param name="cancellationToken">Cancels the replay.</param>
    /// <returns>Whether the prediction was reproduced: to every recorded digit by the same kernel, within 1e-5 by another.</returns>
    public async Task<bool> RunAsync(string id, Action<string, string> line, CancellationToken cancellationToken)
    {
        if (await RecordedInputs.ReadAsync(records, id.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant(), cancellationToken) is not { } recorded)
        {
            line("prediction", $"'{id}' is not recorded");
            return false;
        }

        line("prediction", string.Create(CultureInfo.InvariantCulture, $"{recorded.Symbol} {recorded.Timeframe} of {recorded.LastDay:yyyy-MM-dd}"));
        // Its row of tokens may be named by an alias.
        var symbol = catalog.TryNormalise(recorded.Symbol, out var canonical) ? canonical : recorded.Symbol;
        if (ModelOf(symbol, recorded.ModelDigest, line) is not { } model)
        {
            return false;
        }

        var read = await PredictionInputs.ReadAsync(
            prices, sentiments, new PredictionQuery(symbol, recorded.Timeframe, recorded.LastDay), version: null, model.SequenceLength, cancellationToken);
        if (read.IsRefused)
        {
            line("inputs", read.Refusal.Detail);
            return false;
        }

        var inputs = read.Answer;
        if (inputs.Source != recorded.DataSource)
        {
            line("prices", $"from {recorded.DataSource} then, from {inputs.Source} now");
            return false;
        }

        var isSame = CompareInputs(recorded, inputs, line);
        var kernel = model.Network.Kernel;
        line(
            "kernel",
            recorded.Kernel is null ? $"not recorded, {kernel} now" : kernel == recorded.Kernel ? $"same ({kernel})" : $"{recorded.Kernel} then, {kernel} now");
        // The volatility model does not change the prediction, only its range.
        var moves = recorded.VolatilityDigest is { } digest ? volatility.Find(digest) : null;
        var now = Predict(symbol, recorded, model, inputs, moves);
        return Compare(recorded, now, kernel == recorded.Kernel, line) & CompareRange(recorded, now, moves, line) && isSame;
    }

    private static Forecast Predict(string symbol, RecordedInputs recorded, LoadedModel model, PredictionInputs inputs, VolatilityModel? moves)
    {
        var days = Timeframes.Days(recorded.Timeframe);
        return PredictionMaker.Make(
            symbol,
            days,
            model.OutlookOf(model.RunOn(inputs.Features, inputs.Series.Bars.Span[^1].Day)!, days),
            inputs.Series,
            inputs.Features,
            moves);
    }

    // The model may serve, be an earlier version, or be the candidate.
    private LoadedModel? ModelOf(string symbol, string digest, Action<string, string> line)
    {
        foreach (var path in folder.AllOf(symbol))
        {
            try
            {
                var model = reader.Read(path);
                if (model.Digest != digest)
                {
                    continue;
                }

                line("model", $"same ({Path.GetFileName(path)})");
                return model;
            }
            catch (CheckpointException fault)
            {
                line("model", fault.Message);
            }
        }

        line("model", $"no checkpoint of {symbol} in {models.Value.Folder} has the digest {digest}");
        return null;
    }

    private static bool CompareInputs(RecordedInputs recorded, PredictionInputs inputs, Action<string, string> line)
    {
        var bars = inputs.Series.Bars.Span;
        var range = string.Create(CultureInfo.InvariantCulture, $"{bars.Length} bars from {bars[0].Day:yyyy-MM-dd} to {bars[^1].Day:yyyy-MM-dd}");
        if (recorded.SentimentSource != inputs.SentimentSource)
        {
            line("sentiment", $"from {recorded.SentimentSource} then, from {inputs.SentimentSource} now");
        }

        if (bars[^1].Day != recorded.LastDay)
        {
            line("inputs", $"{range} now: the bar of {recorded.LastDay:yyyy-MM-dd} is gone");
        }
        else if (recorded.InputsDigest is null)
        {
            line("inputs", $"no digest was recorded; {range} now");
        }
        else if (recorded.InputsDigest != inputs.Digest)
        {
            line("inputs", $"bars or sentiment have changed since: {range} have the digest {inputs.Digest} now, {recorded.InputsDigest} then");
        }
        else
        {
            line("inputs", $"same ({range})");
        }

        return bars[^1].Day == recorded.LastDay && (recorded.InputsDigest ?? inputs.Digest) == inputs.Digest;
    }

    private static bool CompareRange(RecordedInputs recorded, Forecast now, VolatilityModel? moves, Action<string, string> line)
    {
        if (recorded.VolatilityDigest is null)
        {
            line("range", "not recorded");
            return true;
        }

        if (moves is null)
        {
            line("range", $"the volatility model {recorded.VolatilityDigest} is not in the folder any more");
            return false;
        }

        var isEqual = recorded.ExpectedVolatility == now.ExpectedVolatility && recorded.Interval == AnswerParts.Prediction(now).Interval;
        line("range", isEqual
            ? $"equal ({moves.Version})"
            : $"{recorded.Interval?.Low} to {recorded.Interval?.High} then, {now.Interval?.Low} to {now.Interval?.High} now");
        return isEqual;
    }

    private static bool Compare(RecordedInputs recorded, Forecast now, bool isSameKernel, Action<string, string> line)
    {
        double[] then = [recorded.Probabilities.Bearish, recorded.Probabilities.Neutral, recorded.Probabilities.Bullish];
        var distance = then.Zip(now.Probabilities, (a, b) => Math.Abs(a - b)).Max();
        var isEqual = distance == 0 && recorded.TargetPrice == now.TargetPrice && recorded.CurrentPrice == now.CurrentPrice
            && recorded.Direction == now.Direction.Name()
            && recorded.Indicators == AnswerParts.Indicators(now);
        line("prediction", isEqual
            ? "equal to every recorded digit"
            : string.Create(CultureInfo.InvariantCulture, $"{recorded.Direction} [{string.Join(", ", then)}], target {recorded.TargetPrice} then; "
                + $"{now.Direction.Name()} [{string.Join(", ", now.Probabilities)}], target {now.TargetPrice} now"));
        return isEqual
            || (!isSameKernel && distance <= Tolerance && recorded.CurrentPrice == now.CurrentPrice && recorded.Indicators == AnswerParts.Indicators(now)
                && Math.Abs(recorded.TargetPrice - now.TargetPrice) <= 0.01 + (Tolerance * now.TargetPrice));
    }
}
