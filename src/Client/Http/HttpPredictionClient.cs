using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Client.Http;

/// <summary>Asks the gateway.</summary>
internal sealed partial class HttpPredictionClient(HttpClient http, IOptions<PredictionClientOptions> options, EventStream events)
    : IPredictionClient, ISystemClient
{
    private const string DeadlineHeader = "X-Deadline-Ms";

    // The gateway accepts no longer deadline.
    private const double LongestDeadlineMilliseconds = 60_000;

    // A batch of 200 answers is a quarter of a megabyte.
    private const int MaxAnswerBytes = 16 * 1024 * 1024;

    private static readonly RequestRefused Late = new(RefusalReason.DeadlineExceeded, "no answer within the client's timeout");

    public static void Prepare(IServiceProvider services, HttpClient http)
    {
        var options = services.GetRequiredService<IOptions<PredictionClientOptions>>().Value;
        // Without the slash the last part of a path would be replaced, not extended.
        http.BaseAddress = new Uri(options.Url.AbsoluteUri.TrimEnd('/') + "/");
        http.MaxResponseContentBufferSize = MaxAnswerBytes;
        http.Timeout = Timeout.InfiniteTimeSpan;
        var deadline = Math.Min(Math.Ceiling(options.Timeout.TotalMilliseconds), LongestDeadlineMilliseconds);
        http.DefaultRequestHeaders.Add(DeadlineHeader, deadline.ToString(CultureInfo.InvariantCulture));
        http.DefaultRequestHeaders.Authorization = string.IsNullOrEmpty(options.ApiKey) ? null : new AuthenticationHeaderValue("Bearer", options.ApiKey);
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    public Task<Result<PredictionAnswer>> GetPredictionAsync(
        string symbol,
        string timeframe,
        DateOnly? asOf,
        bool explain,
        CancellationToken cancellationToken) =>
        PostAsync(
            "predict",
            new PredictRequestBody(symbol, timeframe, asOf, explain ? true : null),
            ClientJson.Default.PredictRequestBody,
            ClientJson.Default.PredictionAnswer,
            cancellationToken);

    public Task<Result<RiskAnswer>> GetRiskScoreAsync(string symbol, DateOnly? asOf, CancellationToken cancellationToken) =>
        ScoreAsync(new RiskRequestBody(symbol, asOf), cancellationToken);

    public async Task<Result<RiskAnswer>> GetRiskScoreAsync(
        string symbol, double portfolioAllocation, DateOnly? asOf, CancellationToken cancellationToken) =>
        NumberSyntax.Check("portfolio_allocation", portfolioAllocation) is { } refusal
            ? refusal
            : await ScoreAsync(new RiskRequestBody(symbol, asOf, portfolioAllocation), cancellationToken);

    public async Task<Result<PortfolioRiskAnswer>> GetPortfolioRiskAsync(
        IReadOnlyList<PortfolioHolding> holdings, DateOnly? asOf, CancellationToken cancellationToken) =>
        NumberSyntax.Check(holdings) is { } refusal
            ? refusal
            : await PostAsync(
                "risk-score/portfolio",
                new PortfolioRequestBody(holdings, asOf),
                ClientJson.Default.PortfolioRequestBody,
                ClientJson.Default.PortfolioRiskAnswer,
                cancellationToken);

    public Task<Result<ModelInfo>> GetModelInfoAsync(string symbol, CancellationToken cancellationToken) =>
        GetOfSymbolAsync(symbol, "models/{0}", ClientJson.Default.ModelInfo, cancellationToken);

    public Task<Result<ModelsDescribed>> GetModelsAsync(CancellationToken cancellationToken) =>
        GetAsync("models", ClientJson.Default.ModelsDescribed, cancellationToken);

    public Task<Result<SystemReport>> GetSystemAsync(CancellationToken cancellationToken) =>
        GetAsync("api/v1/system", ClientJson.Default.SystemReport, cancellationToken);

    public Task<Result<PriceBars>> GetPriceBarsAsync(string symbol, int days, CancellationToken cancellationToken) => GetOfSymbolAsync(
        symbol, Path($"api/v1/prices/{{0}}?days={days}"), ClientJson.Default.PriceBars, cancellationToken);

    public Task<Result<PredictionHistory>> GetHistoryAsync(string symbol, int limit, CancellationToken cancellationToken) => GetOfSymbolAsync(
        symbol, Path($"api/v1/predictions/{{0}}/history?limit={limit}"), ClientJson.Default.PredictionHistory, cancellationToken);

    public Task<Result<PredictionAccuracy>> GetAccuracyAsync(string symbol, int days, CancellationToken cancellationToken) => GetOfSymbolAsync(
        symbol, Path($"api/v1/predictions/{{0}}/accuracy?days={days}"), ClientJson.Default.PredictionAccuracy, cancellationToken);

    public Task<Result<BacktestAnswer>> GetBacktestAsync(string symbol, DateOnly? from, DateOnly? to, string timeframe, CancellationToken cancellationToken) =>
        GetOfSymbolAsync(
            symbol,
            Path($"api/v1/backtest/{{0}}?timeframe={Uri.EscapeDataString(timeframe)}")
                + (from is null ? "" : Path($"&from={from:yyyy-MM-dd}")) + (to is null ? "" : Path($"&to={to:yyyy-MM-dd}")),
            ClientJson.Default.BacktestAnswer,
            cancellationToken);

    public Task<Result<BatchAnswer<PredictionAnswer>>> GetBatchPredictionsAsync(
        IReadOnlyList<string> symbols, string timeframe, DateOnly? asOf, CancellationToken cancellationToken) =>
        BatchAsync("predict/batch", new BatchRequestBody(symbols, timeframe, asOf), ClientJson.Default.BatchAnswerPredictionAnswer, cancellationToken);

    public Task<Result<BatchAnswer<RiskAnswer>>> GetBatchRiskScoresAsync(IReadOnlyList<string> symbols, DateOnly? asOf, CancellationToken cancellationToken) =>
        BatchAsync("risk-score/batch", new BatchRequestBody(symbols, Timeframe: null, asOf), ClientJson.Default.BatchAnswerRiskAnswer, cancellationToken);

    public IAsyncEnumerable<Watched<PredictionAnswer>> WatchPredictionsAsync(
        IReadOnlyList<string>? symbols, string? lastEventId, CancellationToken cancellationToken) =>
        events.ReadAsync(http, "predictions", "prediction", symbols, lastEventId, ClientJson.Default.PredictionAnswer, cancellationToken);

    public IAsyncEnumerable<Watched<RiskAnswer>> WatchRiskScoresAsync(
        IReadOnlyList<string>? symbols, string? lastEventId, CancellationToken cancellationToken) =>
        events.ReadAsync(http, "risk", "risk", symbols, lastEventId, ClientJson.Default.RiskAnswer, cancellationToken);

    public IAsyncEnumerable<Watched<Alert>> WatchAlertsAsync(
        IReadOnlyList<string>? symbols, string? lastEventId, CancellationToken cancellationToken) =>
        events.ReadAsync(http, "alerts", "alert", symbols, lastEventId, ClientJson.Default.Alert, cancellationToken);

    public async Task<RequestRefused?> ClearModelCacheAsync(string symbol, CancellationToken cancellationToken)
    {
        if (SymbolSyntax.Check(symbol) is { } refusal)
        {
            return refusal;
        }

        return (await SendAsync(HttpMethod.Delete, $"models/{Uri.EscapeDataString(symbol)}/cache", body: null, cancellationToken)).Refusal;
    }

    public async Task<bool> HealthCheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await SendAsync(HttpMethod.Get, "health", body: null, cancellationToken)).Answer is { Status: HttpStatusCode.OK };
        }
        catch (PredictionServiceException)
        {
            // This method returns false for every failure.
            return false;
        }
    }

    public async Task<ServiceReadiness> GetReadinessAsync(CancellationToken cancellationToken)
    {
        var reply = await SendAsync(
            HttpMethod.Get, "health/ready", body: null, cancellationToken, isAnswer: status => status == HttpStatusCode.ServiceUnavailable);
        return reply.IsRefused
            ? new ServiceReadiness(ServiceReadiness.NotReady, [reply.Refusal.Detail], [])
            : reply.Answer.Read(ClientJson.Default.ServiceReadiness);
    }

    private Task<Result<RiskAnswer>> ScoreAsync(RiskRequestBody body, CancellationToken cancellationToken) =>
        PostAsync("risk-score", body, ClientJson.Default.RiskRequestBody, ClientJson.Default.RiskAnswer, cancellationToken);

    // {0} in the path is the symbol.
    private async Task<Result<T>> GetOfSymbolAsync<T>(string symbol, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class =>
        // A text that is not a symbol could change the path.
        SymbolSyntax.Check(symbol) is { } refusal
            ? refusal
            : await GetAsync(path.Replace("{0}", Uri.EscapeDataString(symbol), StringComparison.Ordinal), type, cancellationToken);

    private async Task<Result<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        var reply = await SendAsync(HttpMethod.Get, path, body: null, cancellationToken);
        return reply.IsRefused ? reply.Refusal : reply.Answer.Read(type);
    }

    private static string Path(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private async Task<Result<TAnswer>> PostAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellationToken) where TAnswer : class
    {
        var reply = await SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, bodyType), cancellationToken);
        return reply.IsRefused ? reply.Refusal : reply.Answer.Read(answerType);
    }

    private async Task<Result<BatchAnswer<T>>> BatchAsync<T>(
        string path,
        BatchRequestBody body,
        JsonTypeInfo<BatchAnswer<T>> type,
        CancellationToken cancellationToken)
        where T : class
    {
        var reply = await SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, ClientJson.Default.BatchRequestBody), cancellationToken);
        return reply.IsRefused ? reply.Refusal : reply.Answer.ReadBatch(type, body.Symbols.Count);
    }

    // Some questions have an answer whose status is an error.
    private async Task<Result<HttpReply>> SendAsync(
        HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken, Func<HttpStatusCode, bool>? isAnswer = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }
        // The timeout covers everything: connecting, headers and body.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ended.CancelAfter(options.Value.Timeout);
        try
        {
            using var response = await http.SendAsync(request, ended.Token);
            var reply = new HttpReply($"{method} {http.BaseAddress}{path}", response.StatusCode, await response.Content.ReadAsByteArrayAsync(ended.Token));
            return reply.IsSuccess || isAnswer?.Invoke(reply.Status) == true ? reply : reply.ReadRefusal();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Late;
        }
        catch (HttpRequestException failure) when (failure is not PredictionServiceException)
        {
            throw new PredictionServiceException($"{method} {http.BaseAddress}{path} got no answer: {failure.Message}", failure.StatusCode, failure);
        }
    }
}
