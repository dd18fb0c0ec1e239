using System.Globalization;
using Coinsphere.Messaging.Contracts;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Client.Bus;

/// <summary>Asks the workers over the caller's bus. A batch is one message per distinct symbol, so that it spreads over all workers.</summary>
internal sealed partial class BusPredictionClient(
    IClientFactory clients, IBusControl bus, EventSubscription events, IOptions<PredictionClientOptions> options, TimeProvider time,
    ILogger<BusPredictionClient> logger) : IPredictionClient
{
    private static readonly Uri Predict = Endpoints.Address(Endpoints.Predict);
    private static readonly Uri Risk = Endpoints.Address(Endpoints.Risk);
    private static readonly Uri PortfolioRisk = Endpoints.Address(Endpoints.PortfolioRisk);
    private static readonly Uri Models = Endpoints.Address(Endpoints.Models);
    private static readonly Uri Prices = Endpoints.Address(Endpoints.Prices);
    private static readonly Uri Records = Endpoints.Address(Endpoints.Records);
    private static readonly Uri Backtest = Endpoints.Address(Endpoints.Backtest);

    public Task<Result<PredictionAnswer>> GetPredictionAsync(
        string symbol,
        string timeframe,
        DateOnly? asOf,
        bool explain,
        CancellationToken cancellationToken) =>
        PredictAsync(symbol, timeframe, asOf, explain, Deadline(), cancellationToken);

    public Task<Result<RiskAnswer>> GetRiskScoreAsync(string symbol, DateOnly? asOf, CancellationToken cancellationToken) =>
        ScoreAsync(symbol, allocation: null, asOf, Deadline(), cancellationToken);

    public async Task<Result<RiskAnswer>> GetRiskScoreAsync(
        string symbol, double portfolioAllocation, DateOnly? asOf, CancellationToken cancellationToken) =>
        NumberSyntax.Check("portfolio_allocation", portfolioAllocation) is { } refusal
            ? refusal
            : await ScoreAsync(symbol, portfolioAllocation, asOf, Deadline(), cancellationToken);

    public async Task<Result<PortfolioRiskAnswer>> GetPortfolioRiskAsync(
        IReadOnlyList<PortfolioHolding> holdings, DateOnly? asOf, CancellationToken cancellationToken)
    {
        if (NumberSyntax.Check(holdings) is { } refusal)
        {
            return refusal;
        }

        var deadline = Deadline();
        return await AskAsync<PortfolioRiskRequested, PortfolioRiskAnswer>(
            PortfolioRisk, new(holdings) { AsOf = Text(asOf), Deadline = deadline, DeadlineMs = LeftMs(deadline) }, deadline, cancellationToken);
    }

    public async Task<Result<ModelInfo>> GetModelInfoAsync(string symbol, CancellationToken cancellationToken)
    {
        var described = await DescribeAsync([symbol], cancellationToken);
        return described.IsRefused ? described.Refusal : described.Answer.Models.Single();
    }

    public Task<Result<ModelsDescribed>> GetModelsAsync(CancellationToken cancellationToken) =>
        DescribeAsync(SymbolCatalog.Default.Supported, cancellationToken);

    public Task<Result<PriceBars>> GetPriceBarsAsync(string symbol, int days, CancellationToken cancellationToken) =>
        AskAsync<PriceBarsRequested, PriceBars>(Prices, new(symbol, days), Deadline(), cancellationToken);

    public Task<Result<PredictionHistory>> GetHistoryAsync(string symbol, int limit, CancellationToken cancellationToken) =>
        AskAsync<PredictionHistoryRequested, PredictionHistory>(Records, new(symbol, limit), Deadline(), cancellationToken);

    public Task<Result<PredictionAccuracy>> GetAccuracyAsync(string symbol, int days, CancellationToken cancellationToken) =>
        AskAsync<PredictionAccuracyRequested, PredictionAccuracy>(Records, new(symbol, days), Deadline(), cancellationToken);

    public Task<Result<BacktestAnswer>> GetBacktestAsync(string symbol, DateOnly? from, DateOnly? to, string timeframe, CancellationToken cancellationToken)
    {
        var deadline = Deadline();
        return AskAsync<BacktestRequested, BacktestAnswer>(
            Backtest, new(symbol, timeframe) { From = Text(from), To = Text(to), DeadlineMs = LeftMs(deadline) }, deadline, cancellationToken);
    }

    public Task<Result<BatchAnswer<PredictionAnswer>>> GetBatchPredictionsAsync(
        IReadOnlyList<string> symbols, string timeframe, DateOnly? asOf, CancellationToken cancellationToken)
    {
        var deadline = Deadline();
        return FanOutAsync(symbols, symbol => PredictAsync(symbol, timeframe, asOf, explain: false, deadline, cancellationToken));
    }

    public Task<Result<BatchAnswer<RiskAnswer>>> GetBatchRiskScoresAsync(IReadOnlyList<string> symbols, DateOnly? asOf, CancellationToken cancellationToken)
    {
        var deadline = Deadline();
        return FanOutAsync(symbols, symbol => ScoreAsync(symbol, allocation: null, asOf, deadline, cancellationToken));
    }

    public IAsyncEnumerable<Watched<PredictionAnswer>> WatchPredictionsAsync(
        IReadOnlyList<string>? symbols, string? lastEventId, CancellationToken cancellationToken) =>
        events.ReadAsync<PredictionCompleted, PredictionAnswer>(
            completed => completed.Answer, answer => answer.Symbol, symbols, lastEventId, cancellationToken);

    public IAsyncEnumerable<Watched<RiskAnswer>> WatchRiskScoresAsync(
        IReadOnlyList<string>? symbols, string? lastEventId, CancellationToken cancellationToken) =>
        events.ReadAsync<RiskScored, RiskAnswer>(scored => scored.Answer, answer => answer.Symbol, symbols, lastEventId, cancellationToken);

    public IAsyncEnumerable<Watched<Alert>> WatchAlertsAsync(IReadOnlyList<string>? symbols, string? lastEventId, CancellationToken cancellationToken) =>
        events.ReadAsync<AlertRaised, Alert>(raised => raised.Alert, alert => alert.Symbol, symbols, lastEventId, cancellationToken);

    public async Task<RequestRefused?> ClearModelCacheAsync(string symbol, CancellationToken cancellationToken)
    {
        // A broadcast has no reply, so an invalid symbol must be refused here.
        if (SymbolSyntax.Check(symbol) is { } refusal)
        {
            return refusal;
        }

        if (!bus.IsThere())
        {
            return BoundedRequests.BrokerUnavailable;
        }

        try
        {
            return await bus.BroadcastAsync(new CacheClearRequested(symbol), options.Value.Timeout, cancellationToken);
        }
        catch (Exception failure) when (failure.IsBrokerLost())
        {
            LogBroker(failure, nameof(CacheClearRequested));
            return BoundedRequests.BrokerUnavailable;
        }
    }

    public async Task<bool> HealthCheckAsync(CancellationToken cancellationToken) => !(await DescribeAsync([], cancellationToken)).IsRefused;

    public async Task<ServiceReadiness> GetReadinessAsync(CancellationToken cancellationToken) =>
        (await DescribeAsync([], cancellationToken)).Refusal is { } refusal
            ? new(ServiceReadiness.NotReady, [refusal.Detail], [])
            : new(ServiceReadiness.Ready, [], []);

    private Task<Result<PredictionAnswer>> PredictAsync(
        string symbol, string timeframe, DateOnly? asOf, bool explain, DateTimeOffset deadline, CancellationToken cancellationToken) =>
        AskAsync<PredictRequested, PredictionAnswer>(
            Predict,
            new(symbol, timeframe) { AsOf = Text(asOf), Explain = explain, Deadline = deadline, DeadlineMs = LeftMs(deadline) },
            deadline,
            cancellationToken);

    private Task<Result<RiskAnswer>> ScoreAsync(
        string symbol, double? allocation, DateOnly? asOf, DateTimeOffset deadline, CancellationToken cancellationToken) =>
        AskAsync<RiskRequested, RiskAnswer>(
            Risk,
            new(symbol) { PortfolioAllocation = allocation, AsOf = Text(asOf), Deadline = deadline, DeadlineMs = LeftMs(deadline) },
            deadline,
            cancellationToken);

    private Task<Result<ModelsDescribed>> DescribeAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken) =>
        AskAsync<ModelsRequested, ModelsDescribed>(Models, new(symbols), Deadline(), cancellationToken);

    private async Task<Result<TAnswer>> AskAsync<TRequest, TAnswer>(
        Uri endpoint,
        TRequest request,
        DateTimeOffset deadline,
        CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!bus.IsThere())
        {
            return BoundedRequests.BrokerUnavailable;
        }

        try
        {
            return await clients.AskAsync<TRequest, TAnswer>(endpoint, request, deadline - time.GetUtcNow(), cancellationToken);
        }
        catch (RequestFaultException fault)
        {
            LogFault(fault, typeof(TRequest).Name);
            return new RequestRefused(RefusalReason.InternalError, "the service failed on this request; its log has the cause");
        }
        catch (Exception failure) when (failure.IsBrokerLost())
        {
            LogBroker(failure, typeof(TRequest).Name);
            return BoundedRequests.BrokerUnavailable;
        }
    }

    private async Task<Result<BatchAnswer<T>>> FanOutAsync<T>(IReadOnlyList<string> symbols, Func<string, Task<Result<T>>> ask) where T : class
    {
        var results = await BatchFanOut.AskAsync(symbols, options.Value.Timeout, (symbol, _) => ask(symbol));
        return results.IsRefused
            ? results.Refusal
            : new BatchAnswer<T>([.. results.Answer.Select(item => new BatchItem<T>(item.Symbol, item.Result.Answer, item.Result.Refusal))]);
    }

    private DateTimeOffset Deadline() => time.GetUtcNow() + options.Value.Timeout;

    // At least one: a message without time left is never sent.
    private long LeftMs(DateTimeOffset deadline) => Math.Max(1, (long)(deadline - time.GetUtcNow()).TotalMilliseconds);

    private static string? Text(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Request} failed in its consumer")]
    private partial void LogFault(Exception exception, string request);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Request} could not be sent")]
    private partial void LogBroker(Exception exception, string request);
}
