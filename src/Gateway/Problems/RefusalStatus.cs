using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Problems;

/// <summary>The one table from refusals to HTTP statuses and titles.</summary>
internal static class RefusalStatus
{
    public const int RetryAfterSeconds = 1;
    public const string UnsupportedMediaTitle = "Unsupported media type";

    public static int Of(RefusalReason reason) => reason switch
    {
        RefusalReason.InvalidRequest => StatusCodes.Status422UnprocessableEntity,
        RefusalReason.UnsupportedSymbol
            or RefusalReason.UnsupportedTimeframe
            or RefusalReason.InvalidAsOf
            or RefusalReason.InsufficientHistory => StatusCodes.Status400BadRequest,
        RefusalReason.ModelNotTrained or RefusalReason.RuleNotFound => StatusCodes.Status404NotFound,
        RefusalReason.NotAllowed => StatusCodes.Status403Forbidden,
        RefusalReason.Unauthenticated => StatusCodes.Status401Unauthorized,
        RefusalReason.TooManyRules => StatusCodes.Status409Conflict,
        RefusalReason.RateLimited => StatusCodes.Status429TooManyRequests,
        RefusalReason.RequestTooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalReason.CheckpointRejected
            or RefusalReason.StalePrices
            or RefusalReason.NoPrices
            or RefusalReason.PricesUnavailable
            or RefusalReason.PricesRejected
            or RefusalReason.Overloaded
            or RefusalReason.BrokerUnavailable
            or RefusalReason.CacheUnavailable
            or RefusalReason.RecordsUnavailable
            or RefusalReason.KeysUnavailable => StatusCodes.Status503ServiceUnavailable,
        RefusalReason.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Whether only a person can repair the cause, so that trying again shortly does not help.</summary>
    public static bool NeedsPerson(RefusalReason reason) => reason is RefusalReason.CheckpointRejected or RefusalReason.PricesRejected;

    public static string Title(RefusalReason reason) => reason switch
    {
        RefusalReason.InvalidRequest => "Invalid request",
        RefusalReason.UnsupportedSymbol => "Unsupported symbol",
        RefusalReason.UnsupportedTimeframe => "Unsupported timeframe",
        RefusalReason.InvalidAsOf => "Invalid asOf date",
        RefusalReason.InsufficientHistory => "Not enough price history",
        RefusalReason.ModelNotTrained => "Model not trained",
        RefusalReason.CheckpointRejected => "Checkpoint rejected",
        RefusalReason.StalePrices => "Prices are too old",
        RefusalReason.NoPrices => "No prices",
        RefusalReason.PricesUnavailable => "Prices unavailable",
        RefusalReason.PricesRejected => "Prices rejected",
        RefusalReason.Overloaded => "Overloaded",
        RefusalReason.BrokerUnavailable => "Message broker unavailable",
        RefusalReason.CacheUnavailable => "Result cache unavailable",
        RefusalReason.RecordsUnavailable => "Recorded predictions unavailable",
        RefusalReason.DeadlineExceeded => "Deadline exceeded",
        RefusalReason.RequestTooLarge => "Request too large",
        RefusalReason.RuleNotFound => "Alert rule not found",
        RefusalReason.TooManyRules => "Too many alert rules",
        RefusalReason.NotAllowed => "Not allowed",
        RefusalReason.Unauthenticated => "No valid key",
        RefusalReason.KeysUnavailable => "Keys unavailable",
        RefusalReason.RateLimited => "Too many requests",
        _ => "Internal error",
    };
}
