using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client;

/// <summary>
/// Asks for predictions and risk scores, over HTTP or over the bus. The result is a <see cref="Result{T}"/>: the service's answer, or its refusal
/// with a <see cref="RefusalReason"/>. A reason that this version does not know reads as <see cref="RefusalReason.InternalError"/>. Every call ends
/// within <see cref="PredictionClientOptions.Timeout"/>, at the latest as <see cref="RefusalReason.DeadlineExceeded"/>. Cancellation by the caller is
/// an <see cref="OperationCanceledException"/>. Nothing here is financial advice.
/// </summary>
/// <remarks>
/// Over HTTP each method but <see cref="HealthCheckAsync"/> throws <see cref="PredictionServiceException"/> where the service itself does not answer:
/// no connection, a proxy's error page, or a body that is not an answer. Over the bus an unavailable broker is <see
/// cref="RefusalReason.BrokerUnavailable"/>.
/// </remarks>
public interface IPredictionClient
{
    /// <summary>Predicts the direction of a symbol's price.</summary>
    /// <param name="symbol">A supported symbol or alias, in any case.</param>
    /// <param name="timeframe">One of <see cref="Timeframes.All"/>.</param>
    /// <param name="asOf">The last UTC day whose bar may be used; null means now.</param>
    /// <param name="explain">Whether the answer explains the prediction: <see cref="PredictionAnswer.Contributions"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<PredictionAnswer>> GetPredictionAsync(
        string symbol, string timeframe = Timeframes.Default, DateOnly? asOf = null, bool explain = false, CancellationToken cancellationToken = default);

    /// <summary>Scores the risk of a symbol.</summary>
    /// <param name="symbol">Any symbol or alias that has prices, in any case.</param>
    /// <param name="asOf">The last UTC day whose bar may be used; null means now.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<RiskAnswer>> GetRiskScoreAsync(string symbol, DateOnly? asOf = null, CancellationToken cancellationToken = default);

    /// <summary>Scores the risk of a symbol that a portfolio holds a share of: the answer has <see cref="RiskAnswer.Portfolio"/> too.</summary>
    /// <param name="symbol">Any symbol or alias that has prices, in any case.</param>
    /// <param name="portfolioAllocation">The share of the portfolio that is in the symbol, 0..1.</param>
    /// <param name="asOf">The last UTC day whose bar may be used; null means now.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<RiskAnswer>> GetRiskScoreAsync(
        string symbol, double portfolioAllocation, DateOnly? asOf = null, CancellationToken cancellationToken = default);

    /// <summary>The risk of a portfolio, and the share of each holding in it.</summary>
    /// <param name="holdings">1 to <see cref="RequestRules.MaxHoldings"/>, each of another symbol; their weights add up to 1, within 0.001.</param>
    /// <param name="asOf">The last UTC day whose bar may be used; null means now.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<PortfolioRiskAnswer>> GetPortfolioRiskAsync(
        IReadOnlyList<PortfolioHolding> holdings, DateOnly? asOf = null, CancellationToken cancellationToken = default);

    /// <summary>Describes a symbol's model. A symbol without one has an answer too: <see cref="ModelInfo.NotTrained"/>.</summary>
    /// <param name="symbol">A symbol or alias, in any case.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<ModelInfo>> GetModelInfoAsync(string symbol, CancellationToken cancellationToken = default);

    /// <summary>Describes the models of all supported symbols.</summary>
    /// <remarks>Over the bus, where no worker says which symbols it supports, these are the ones of <see cref="SymbolCatalog.Default"/>.</remarks>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<ModelsDescribed>> GetModelsAsync(CancellationToken cancellationToken = default);

    /// <summary>The newest closed daily bars of a symbol.</summary>
    /// <param name="symbol">Any symbol or alias that has prices, in any case.</param>
    /// <param name="days">The most bars, 1 to <see cref="RequestRules.MaxBars"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<PriceBars>> GetPriceBarsAsync(
        string symbol, int days = PriceBarsRequested.DefaultDays, CancellationToken cancellationToken = default);

    /// <summary>The newest recorded predictions of a symbol, with their outcomes.</summary>
    /// <param name="symbol">A symbol or alias, in any case.</param>
    /// <param name="limit">The most predictions, 1 to <see cref="RequestRules.MaxHistory"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<PredictionHistory>> GetHistoryAsync(
        string symbol, int limit = PredictionHistoryRequested.DefaultLimit, CancellationToken cancellationToken = default);

    /// <summary>How often the recorded predictions of a symbol were right, beside the base rate.</summary>
    /// <param name="symbol">A symbol or alias, in any case.</param>
    /// <param name="days">Counts predictions with a target date in the last so many days, 1 to <see cref="RequestRules.MaxAccuracyDays"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<PredictionAccuracy>> GetAccuracyAsync(
        string symbol, int days = PredictionAccuracyRequested.DefaultDays, CancellationToken cancellationToken = default);

    /// <summary>What would have been answered on each day of a past, from the bars up to that day, and how good that was.</summary>
    /// <param name="symbol">A supported symbol or alias, in any case.</param>
    /// <param name="from">The first UTC day; null means a year before the last.</param>
    /// <param name="to">The last UTC day, at most <see cref="RequestRules.MaxBacktestYears"/> years later; null means the newest bar's.</param>
    /// <param name="timeframe">One of <see cref="Timeframes.All"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<BacktestAnswer>> GetBacktestAsync(
        string symbol, DateOnly? from = null, DateOnly? to = null, string timeframe = Timeframes.Default, CancellationToken cancellationToken = default);

    /// <summary>Predicts the directions of several prices. One result for each symbol, in input order; a refused symbol does not affect the others.</summary>
    /// <param name="symbols">1 to <see cref="RequestRules.MaxBatch"/> symbols; duplicates are kept.</param>
    /// <param name="timeframe">One of <see cref="Timeframes.All"/>.</param>
    /// <param name="asOf">The last UTC day whose bar may be used; null means now.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<BatchAnswer<PredictionAnswer>>> GetBatchPredictionsAsync(
        IReadOnlyList<string> symbols, string timeframe = Timeframes.Default, DateOnly? asOf = null, CancellationToken cancellationToken = default);

    /// <summary>Scores the risk of several symbols. One result for each, in input order; a refused symbol does not affect the others.</summary>
    /// <param name="symbols">1 to <see cref="RequestRules.MaxBatch"/> symbols; duplicates are kept.</param>
    /// <param name="asOf">The last UTC day whose bar may be used; null means now.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<BatchAnswer<RiskAnswer>>> GetBatchRiskScoresAsync(
        IReadOnlyList<string> symbols, DateOnly? asOf = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Each new prediction of now, as it is computed, whoever asked for it; predictions for a past day are left out. Ends only by cancellation: a lost
    /// connection is made again, and over HTTP nothing is missed meanwhile as long as the service still has it.
    /// </summary>
    /// <remarks>
    /// Over the bus a queue <c>client.watch-...</c> of this process receives the events, from when the first item is asked for. The user of the broker
    /// needs a user that may receive events, such as <c>dashboard</c>.
    /// </remarks>
    /// <param name="symbols">Supported symbols or aliases, in any case, at most <see cref="RequestRules.MaxBatch"/>; null or none means all.</param>
    /// <param name="lastEventId">Goes on after this event (<see cref="Watched{T}.Id"/>), over HTTP; null means from now on.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="WatchRefusedException">A symbol is not supported, or the watch is not permitted. Thrown by the first item.</exception>
    IAsyncEnumerable<Watched<PredictionAnswer>> WatchPredictionsAsync(
        IReadOnlyList<string>? symbols = null, string? lastEventId = null, CancellationToken cancellationToken = default);

    /// <summary>Each new risk score of now, like <see cref="WatchPredictionsAsync"/>.</summary>
    /// <param name="symbols">Symbols or aliases, in any case, at most <see cref="RequestRules.MaxBatch"/>; null or none means all.</param>
    /// <param name="lastEventId">Goes on after this event, over HTTP; null means from now on.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="WatchRefusedException">A text is no symbol, or the watch is not permitted. Thrown by the first item.</exception>
    IAsyncEnumerable<Watched<RiskAnswer>> WatchRiskScoresAsync(
        IReadOnlyList<string>? symbols = null, string? lastEventId = null, CancellationToken cancellationToken = default);

    /// <summary>Each alert that a rule raises, like <see cref="WatchPredictionsAsync"/>.</summary>
    /// <param name="symbols">Symbols or aliases, in any case, at most <see cref="RequestRules.MaxBatch"/>; null or none means all.</param>
    /// <param name="lastEventId">Goes on after this event, over HTTP; null means from now on.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="WatchRefusedException">A text is no symbol, or the watch is not permitted. Thrown by the first item.</exception>
    IAsyncEnumerable<Watched<Alert>> WatchAlertsAsync(
        IReadOnlyList<string>? symbols = null, string? lastEventId = null, CancellationToken cancellationToken = default);

    /// <summary>Clears a symbol's cached answers and its loaded model in every process.</summary>
    /// <param name="symbol">A symbol or alias, in any case.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null where the broker has accepted the message for all of them, else the refusal.</returns>
    Task<RequestRefused?> ClearModelCacheAsync(string symbol, CancellationToken cancellationToken = default);

    /// <summary>Whether the service is available: over HTTP <c>GET /health</c> returns 200, over the bus a worker replies. False in every other case.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<bool> HealthCheckAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Whether the service can answer, and what is wrong with it: over HTTP what <c>GET /health/ready</c> says. Over the bus it is ready where a worker
    /// replies, and has no notes.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<ServiceReadiness> GetReadinessAsync(CancellationToken cancellationToken = default);
}
