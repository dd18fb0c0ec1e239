using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Telemetry;

namespace Coinsphere.Messaging.Gateway.Answers;

/// <summary>Gets answers from the cache, as they are stored there, or else from the workers.</summary>
internal sealed class AnswerClient(RequestRules rules, IResultCache cache, WorkerClient workers)
{
    private static readonly Uri Predict = Endpoints.Address(Endpoints.Predict);
    private static readonly Uri Ensemble = Endpoints.Address(Endpoints.PredictEnsemble);
    private static readonly Uri Risk = Endpoints.Address(Endpoints.Risk);
    private static readonly Uri PortfolioRisk = Endpoints.Address(Endpoints.PortfolioRisk);

    public async Task<Result<AnswerBody>> PredictAsync(PredictRequested request, RequestDeadline deadline, CancellationToken cancellationToken)
    {
        var query = rules.Check(request);
        if (query.IsRefused)
        {
            return query.Refusal;
        }

        var (symbol, timeframe, asOf, _) = query.Answer;
        var message = request with
        {
            Symbol = symbol,
            Timeframe = timeframe,
            AsOf = Text(asOf),
            AsOfSnakeCase = null,
            Deadline = deadline.At,
        };
        return await AskAsync(
            CacheKey.Of(query.Answer), Predict, message, ContractsJson.Body.PredictionAnswer,
            static (sent, left) => sent with { DeadlineMs = left }, deadline, cancellationToken);
    }

    public async Task<Result<AnswerBody>> PredictEnsembleAsync(EnsemblePredictRequested request, RequestDeadline deadline, CancellationToken cancellationToken)
    {
        var query = rules.Check(request);
        if (query.IsRefused)
        {
            return query.Refusal;
        }

        var (symbol, timeframe, asOf, _) = query.Answer.Prediction;
        var message = request with
        {
            Symbol = symbol,
            Timeframe = timeframe,
            EnsembleMethod = query.Answer.Method,
            AsOf = Text(asOf),
            AsOfSnakeCase = null,
            Deadline = deadline.At,
        };
        return await AskAsync(
            CacheKey.Of(query.Answer), Ensemble, message, ContractsJson.Body.EnsembleAnswer,
            static (sent, left) => sent with { DeadlineMs = left }, deadline, cancellationToken);
    }

    public async Task<Result<AnswerBody>> ScoreRiskAsync(RiskRequested request, RequestDeadline deadline, CancellationToken cancellationToken)
    {
        var query = rules.Check(request);
        if (query.IsRefused)
        {
            return query.Refusal;
        }

        var message = request with
        {
            Symbol = query.Answer.Symbol,
            AsOf = Text(query.Answer.AsOf),
            AsOfSnakeCase = null,
            Deadline = deadline.At,
        };
        return await AskAsync(
            CacheKey.Of(query.Answer), Risk, message, ContractsJson.Body.RiskAnswer,
            static (sent, left) => sent with { DeadlineMs = left }, deadline, cancellationToken,
            request.PortfolioAllocation is { } allocation ? answer => answer.For(allocation) : null);
    }

    /// <summary>The risk of a portfolio, which is not cached.</summary>
    public async Task<Result<AnswerBody>> ScorePortfolioAsync(PortfolioRiskRequested request, RequestDeadline deadline, CancellationToken cancellationToken)
    {
        var query = rules.Check(request);
        if (query.IsRefused)
        {
            return query.Refusal;
        }

        using var stage = Stages.Request();
        var message = request with
        {
            Holdings = [.. query.Answer.Holdings.Select(holding => new PortfolioHolding(holding.Symbol, holding.Weight))],
            AsOf = Text(query.Answer.AsOf),
            AsOfSnakeCase = null,
            Deadline = deadline.At,
        };
        return await AskWorkersAsync(
            PortfolioRisk, message, ContractsJson.Body.PortfolioRiskAnswer,
            static (sent, left) => sent with { DeadlineMs = left }, deadline, cancellationToken);
    }

    // Workers of an older release know one spelling.
    private static string? Text(DateOnly? asOf) => asOf?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<Result<AnswerBody>> AskAsync<TRequest, TAnswer>(
        CacheKey key, Uri endpoint, TRequest message, JsonTypeInfo<TAnswer> type, Func<TRequest, long, TRequest> stamp, RequestDeadline deadline,
        CancellationToken cancellationToken, Func<TAnswer, TAnswer>? forCaller = null)
        where TRequest : class
        where TAnswer : class
    {
        using var stage = Stages.Request();
        if (await ReadCacheAsync(key, cancellationToken) is { } stored && For(stored, type, forCaller) is { } body)
        {
            return new AnswerBody(body, FromCache: true);
        }

        return await AskWorkersAsync(endpoint, message, type, stamp, deadline, cancellationToken);
    }

    // A stored body is written out as it is, unless something is added for this caller. Null where it is no answer: a worker then computes and stores one.
    private static ReadOnlyMemory<byte>? For<TAnswer>(ReadOnlyMemory<byte> stored, JsonTypeInfo<TAnswer> type, Func<TAnswer, TAnswer>? forCaller)
        where TAnswer : class
    {
        if (forCaller is null)
        {
            return stored;
        }

        try
        {
            return JsonSerializer.Deserialize(stored.Span, type) is { } answer ? JsonSerializer.SerializeToUtf8Bytes(forCaller(answer), type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<Result<AnswerBody>> AskWorkersAsync<TRequest, TAnswer>(
        Uri endpoint, TRequest message, JsonTypeInfo<TAnswer> type, Func<TRequest, long, TRequest> stamp, RequestDeadline deadline,
        CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        var result = await workers.AskAsync<TRequest, TAnswer>(endpoint, message, deadline, cancellationToken, stamp);
        if (result.IsRefused)
        {
            return result.Refusal;
        }

        return new AnswerBody(JsonSerializer.SerializeToUtf8Bytes(result.Answer, type), FromCache: false);
    }

    private async ValueTask<ReadOnlyMemory<byte>?> ReadCacheAsync(CacheKey key, CancellationToken cancellationToken)
    {
        using var stage = Stages.Cache();
        return await cache.ReadAsync(key, cancellationToken);
    }
}
