using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Why a request was refused: a closed vocabulary, the same on the bus, in batches and in HTTP problems. Members are only added, never removed.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<RefusalReason>))]
public enum RefusalReason
{
    /// <summary>The request is malformed, or a field is missing, mistyped or out of range.</summary>
    [JsonStringEnumMemberName("invalid_request")] InvalidRequest,

    /// <summary>The text is not a symbol, or the symbol is not supported for this question.</summary>
    [JsonStringEnumMemberName("unsupported_symbol")] UnsupportedSymbol,

    /// <summary>The timeframe is not one of <see cref="Timeframes.All"/>.</summary>
    [JsonStringEnumMemberName("unsupported_timeframe")] UnsupportedTimeframe,

    /// <summary><c>asOf</c> is not a date of the form YYYY-MM-DD, or lies in the future.</summary>
    [JsonStringEnumMemberName("invalid_as_of")] InvalidAsOf,

    /// <summary>There are fewer consecutive daily bars than the answer needs.</summary>
    [JsonStringEnumMemberName("insufficient_history")] InsufficientHistory,

    /// <summary>No checkpoint exists for the symbol.</summary>
    [JsonStringEnumMemberName("model_not_trained")] ModelNotTrained,

    /// <summary>The symbol's checkpoint exists and is not valid.</summary>
    [JsonStringEnumMemberName("checkpoint_rejected")] CheckpointRejected,

    /// <summary>The newest bar is older than the system allows.</summary>
    [JsonStringEnumMemberName("stale_prices")] StalePrices,

    /// <summary>The price source does not know the symbol.</summary>
    [JsonStringEnumMemberName("no_prices")] NoPrices,

    /// <summary>The source of prices or of sentiment is unavailable.</summary>
    [JsonStringEnumMemberName("prices_unavailable")] PricesUnavailable,

    /// <summary>More requests are waiting than the service can answer in time.</summary>
    [JsonStringEnumMemberName("overloaded")] Overloaded,

    /// <summary>The message broker is unavailable.</summary>
    [JsonStringEnumMemberName("broker_unavailable")] BrokerUnavailable,

    /// <summary>There was no answer by the request's deadline.</summary>
    [JsonStringEnumMemberName("deadline_exceeded")] DeadlineExceeded,

    /// <summary>The request's body is larger than the service accepts.</summary>
    [JsonStringEnumMemberName("request_too_large")] RequestTooLarge,

    /// <summary>The shared result cache is unavailable, so it cannot be cleared for all processes.</summary>
    [JsonStringEnumMemberName("cache_unavailable")] CacheUnavailable,

    /// <summary>No predictions are recorded, or their database is unavailable.</summary>
    [JsonStringEnumMemberName("records_unavailable")] RecordsUnavailable,

    /// <summary>A defect of the service. The log has the cause.</summary>
    [JsonStringEnumMemberName("internal_error")] InternalError,

    /// <summary>
    /// The prices or the sentiment exist, and only a person can repair them: a file that cannot be read, an invalid bar, or a series that no market
    /// produces.
    /// </summary>
    [JsonStringEnumMemberName("prices_rejected")] PricesRejected,

    /// <summary>There is no alert rule of that id.</summary>
    [JsonStringEnumMemberName("rule_not_found")] RuleNotFound,

    /// <summary>There are as many alert rules as the service keeps.</summary>
    [JsonStringEnumMemberName("too_many_rules")] TooManyRules,

    /// <summary>The caller may not do this here.</summary>
    [JsonStringEnumMemberName("not_allowed")] NotAllowed,

    /// <summary>The service wants a key, and the request has none that is valid.</summary>
    [JsonStringEnumMemberName("unauthenticated")] Unauthenticated,

    /// <summary>The service wants a key, and cannot judge one now: it does not know the valid ones yet.</summary>
    [JsonStringEnumMemberName("keys_unavailable")] KeysUnavailable,

    /// <summary>The caller asks for more work than it may in a time.</summary>
    [JsonStringEnumMemberName("rate_limited")] RateLimited,
}
