using System.Security.Cryptography;
using System.Text;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Ensembles;
using Coinsphere.Messaging.Forecasting.Explanations;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>Predicts. The model and the bars are read first; the rest is pure computation.</summary>
internal sealed class Predictor(
    ModelStore models,
    VolatilityStore volatility,
    PriceHistory prices,
    SentimentHistory sentiments,
    ForwardPasses passes,
    MeasuredAccuracy accuracy,
    IOptions<CacheOptions> cacheOptions,
    TimeProvider time)
{
    private const string EnsembleVersion = "ensemble-v1.0.0";

    public TimeSpan Lifetime => TimeSpan.FromSeconds(cacheOptions.Value.PredictionSeconds);

    public async Task<Result<PredictionAnswer>> PredictAsync(
        PredictionQuery query,
        CacheVersion version,
        SharedDeadline deadline,
        CancellationToken cancellationToken)
    {
        var loaded = await models.GetAsync(query.Symbol, cancellationToken);
        if (loaded.IsRefused)
        {
            return loaded.Refusal;
        }

        var model = loaded.Answer;
        var read = await PredictionInputs.ReadAsync(prices, sentiments, query, version, model.SequenceLength, cancellationToken);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        if (deadline.HasPassed(time))
        {
            return Deadline.Exceeded;
        }

        var inputs = read.Answer;
        var probabilities = passes.Run(model, inputs.Features);
        var days = Timeframes.Days(query.Timeframe);
        var measured = accuracy.Of(model, inputs, days);
        var outlook = model.OutlookOf(probabilities, days);
        outlook = outlook with { SameSince = measured.Same is (var direction, var since) && direction == outlook.Direction ? since : null };
        var moves = volatility.Current;
        var contributions = query.Explain ? Contributions(model, inputs, days, outlook.Direction) : null;
        var forecast = PredictionMaker.Make(query.Symbol, days, outlook, inputs.Series, inputs.Features, moves, contributions, Warnings(inputs, model));
        var id = PredictionId.Of($"predict {query.Symbol} {query.Timeframe}", model.Digest, inputs.Digest, moves.Digest);
        var now = Now();
        return new PredictionAnswer(
            query.Symbol, query.Timeframe, AnswerParts.Prediction(forecast), AnswerParts.Indicators(forecast), forecast.Explanation,
            measured.Accuracy, now, now + Lifetime, model.Metadata.ModelVersion,
            id, model.Digest, inputs.Series.Bars.Span[^1].Day, inputs.Source, inputs.SentimentSource,
            inputs.Digest, model.Network.Kernel, contributions is null ? null : AnswerParts.Contributions(contributions, outlook.Direction))
        {
            Warnings = forecast.Warnings,
            VolatilityDigest = moves.Digest,
        };
    }

    public async Task<Result<EnsembleAnswer>> PredictAsync(
        EnsembleQuery ensemble, CacheVersion version, SharedDeadline deadline, CancellationToken cancellationToken)
    {
        var query = ensemble.Prediction;
        var loaded = await models.GetAllAsync(query.Symbol, cancellationToken);
        if (loaded.IsRefused)
        {
            return loaded.Refusal;
        }

        var read = await PredictionInputs.ReadAsync(prices, sentiments, query, version, loaded.Answer.Max(model => model.SequenceLength), cancellationToken);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        if (deadline.HasPassed(time))
        {
            return Deadline.Exceeded;
        }

        var inputs = read.Answer;
        var days = Timeframes.Days(query.Timeframe);
        var members = new List<EnsembleMember>(loaded.Answer.Length);
        var kernels = new List<string>(1);
        CheckpointException? fault = null;
        foreach (var model in loaded.Answer)
        {
            try
            {
                var probabilities = passes.Run(model, inputs.Features);
                members.Add(new EnsembleMember(model.Name, model.OutlookOf(probabilities, days), model.Metadata.TestAccuracy));
                kernels.Add(model.Network.Kernel);
            }
            catch (CheckpointException noNumbers)
            {
                // A model that computes no valid numbers is left out, like one that cannot be read.
                fault = noNumbers;
            }
        }

        if (members.Count == 0)
        {
            return new RequestRefused(RefusalReason.CheckpointRejected, fault!.Message);
        }

        var moves = volatility.Current;
        var combined = Ensemble.Combine(members, AnswerParts.Method(ensemble.Method), ensemble.MinConfidence);
        var forecast = PredictionMaker.Make(
            query.Symbol, days, combined.Outlook, inputs.Series, inputs.Features, moves, dataWarnings: Warnings(inputs, loaded.Answer[0]),
            members: [.. combined.Metadata.ModelNames.Zip(combined.Metadata.Directions)]);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', loaded.Answer.Select(model => model.Digest)))));
        var id = PredictionId.Of(CacheKey.Of(ensemble with { Prediction = query with { AsOf = null } }).Text, digest, inputs.Digest, moves.Digest);
        var now = Now();
        return new EnsembleAnswer(
            query.Symbol, query.Timeframe, AnswerParts.Prediction(forecast), AnswerParts.Indicators(forecast), forecast.Explanation,
            now, now + Lifetime, EnsembleVersion,
            id, digest, inputs.Series.Bars.Span[^1].Day, inputs.Source, inputs.SentimentSource, AnswerParts.Metadata(combined.Metadata),
            inputs.Digest, string.Join('+', kernels.Distinct(StringComparer.Ordinal)))
        {
            Warnings = forecast.Warnings,
            VolatilityDigest = moves.Digest,
        };
    }

    private static IReadOnlyList<string> Warnings(PredictionInputs inputs, LoadedModel model) =>
        model.WarningFor(inputs.Series.Symbol) is { } warning ? [.. inputs.Warnings, warning] : inputs.Warnings;

    private static Contributions Contributions(LoadedModel model, PredictionInputs inputs, int days, Direction direction)
    {
        using var stage = Stages.Explanation();
        return ShapleyValues.Explain(
            model.WindowOf(inputs.Features),
            (windows, count) => [.. model.Run(windows, count).Chunk(Classes.Count)
                .Select(probabilities => model.OutlookOf(probabilities, days).Probabilities[(int)direction])]);
    }

    // Milliseconds are precise enough, and the JSON then has the exact value.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
