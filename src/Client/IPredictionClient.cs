using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client;

/// <summary>
/// Asks for predictions and risk scores, over HTTP or over the bus. What the service says is an <see cref="Result{T}"/>: its answer, or its refusal
/// with a <see cref="RefusalReason"/>; a reason that this version does not know reads as <see cref="RefusalReason.InternalError"/>. Every call ends
/// within <see cref="PredictionClientOptions.Timeout"/>, then as <see cref="RefusalReason.DeadlineExceeded"/>. A caller's own cancellation is an
/// <see cref="OperationCanceledException"/>. Nothing here is financial advice.
/// </summary>
/// <remarks>
/// Over HTTP each method but <see cref="HealthCheckAsync"/> throws <see cref="PredictionServiceException"/> where something else than the service
/// answers: nobody, a proxy's error page, a body that is no answer. Over the bus an absent broker is <see cref="RefusalReason.BrokerUnavailable"/>.
/// </remarks>
public interface IPredictionClient
{
    /// <summary>Where is a symbol's price heading?</summary>
    /// <param name="symbol">A supported symbol or alias, in any case.</param>
    /// <param name="timeframe">One of <see cref="Timeframes.All"/>.</param>
    /// <param name="asOf">The last UTC day whose bar may be used; null: now.</param>
    /// <param name="explain">Whether the answer is to say what made it: <see cref="PredictionAnswer.Contributions"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Result<PredictionAnswer>> GetPredictionAsync(
        string symbol, string timeframe = Timeframes.Default, DateOnly? asOf = null, bool explain = false, CancellationToken cancellationToken = default);

    /// <summary>How risky is a symbol?</summary>
    /// <param name="symbol">Any symbol or alias that has prices, in any case.</param>
    /// <param name="asOf">The last UTC day whose bar may be used; null: now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Result<RiskAnswer>> GetRiskScoreAsync(string symbol, DateOnly? asOf = null, CancellationToken cancellationToken = default);

    /// <summary>What is known of a symbol's model? A symbol without one has an answer too: <see cref="ModelInfo.NotTrained"/>.</summary>
    /// <param name="symbol">A symbol or alias, in any case.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Result<ModelInfo>> GetModelInfoAsync(string symbol, CancellationToken cancellationToken = default);

    /// <summary>Where are these symbols' prices heading? One result for each, in input order; a bad symbol spoils no other.</summary>
    /// <param name="symbols">1 to <see cref="RequestRules.MaxBatch"/> symbols; duplicates are kept.</param>
    /// <param name="timeframe">One of <see cref="Timeframes.All"/>.</param>
    /// <param name="asOf">The last UTC day whose bar may be used; null: now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Result<BatchAnswer<PredictionAnswer>>> GetBatchPredictionsAsync(
        IReadOnlyList<string> symbols, string timeframe = Timeframes.Default, DateOnly? asOf = null, CancellationToken cancellationToken = default);

    /// <summary>How risky are these symbols? One result for each, in input order; a bad symbol spoils no other.</summary>
    /// <param name="symbols">1 to <see cref="RequestRules.MaxBatch"/> symbols; duplicates are kept.</param>
    /// <param name="asOf">The last UTC day whose bar may be used; null: now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Result<BatchAnswer<RiskAnswer>>> GetBatchRiskScoresAsync(
        IReadOnlyList<string> symbols, DateOnly? asOf = null, CancellationToken cancellationToken = default);

    /// <summary>Makes every process forget a symbol's cached answers and its loaded model.</summary>
    /// <param name="symbol">A symbol or alias, in any case.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where the broker has taken the message to all of them, else why not.</returns>
    Task<RequestRefused?> ClearModelCacheAsync(string symbol, CancellationToken cancellationToken = default);

    /// <summary>Whether the service is there: over HTTP <c>GET /health</c> says 200, over the bus a worker replies. False in every other case.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<bool> HealthCheckAsync(CancellationToken cancellationToken = default);
}
