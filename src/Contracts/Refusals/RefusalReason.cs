using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Why a request got no answer: a closed vocabulary, the same on the bus, in batches and in HTTP problems.
/// Members are only ever added.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<RefusalReason>))]
public enum RefusalReason
{
    /// <summary>The request is malformed, or a field is missing, mistyped or out of range.</summary>
    [JsonStringEnumMemberName("invalid_request")] InvalidRequest,

    /// <summary>The symbol is none, or none that this question is answered for.</summary>
    [JsonStringEnumMemberName("unsupported_symbol")] UnsupportedSymbol,

    /// <summary>The timeframe is not one of <see cref="Timeframes.All"/>.</summary>
    [JsonStringEnumMemberName("unsupported_timeframe")] UnsupportedTimeframe,

    /// <summary><c>asOf</c> is no date of the form YYYY-MM-DD, or lies in the future.</summary>
    [JsonStringEnumMemberName("invalid_as_of")] InvalidAsOf,

    /// <summary>There are fewer consecutive daily bars than the answer needs.</summary>
    [JsonStringEnumMemberName("insufficient_history")] InsufficientHistory,

    /// <summary>No checkpoint exists for the symbol.</summary>
    [JsonStringEnumMemberName("model_not_trained")] ModelNotTrained,

    /// <summary>The symbol's checkpoint exists and was refused by its reader.</summary>
    [JsonStringEnumMemberName("checkpoint_rejected")] CheckpointRejected,

    /// <summary>The newest bar is older than the system allows.</summary>
    [JsonStringEnumMemberName("stale_prices")] StalePrices,

    /// <summary>The price source does not know the symbol.</summary>
    [JsonStringEnumMemberName("no_prices")] NoPrices,

    /// <summary>The source of prices, or that of their sentiment, is away.</summary>
    [JsonStringEnumMemberName("prices_unavailable")] PricesUnavailable,

    /// <summary>More work is waiting than the system takes on.</summary>
    [JsonStringEnumMemberName("overloaded")] Overloaded,

    /// <summary>The message broker is away.</summary>
    [JsonStringEnumMemberName("broker_unavailable")] BrokerUnavailable,

    /// <summary>The answer was not there by the request's deadline.</summary>
    [JsonStringEnumMemberName("deadline_exceeded")] DeadlineExceeded,

    /// <summary>The request's body is larger than the system reads.</summary>
    [JsonStringEnumMemberName("request_too_large")] RequestTooLarge,

    /// <summary>The cache that all processes share is away, so they cannot be told to forget.</summary>
    [JsonStringEnumMemberName("cache_unavailable")] CacheUnavailable,

    /// <summary>No predictions are kept, or their database is away.</summary>
    [JsonStringEnumMemberName("records_unavailable")] RecordsUnavailable,

    /// <summary>A defect of the service. The log has the cause.</summary>
    [JsonStringEnumMemberName("internal_error")] InternalError,

    /// <summary>
    /// The prices, or their sentiment, are there and only a person can repair them: a file that cannot be read, a bar that contradicts itself, a series that no
    /// market makes.
    /// </summary>
    [JsonStringEnumMemberName("prices_rejected")] PricesRejected,
}
