namespace Coinsphere.Messaging.Contracts;

/// <summary>The names of the endpoints that requests are sent to, and their addresses.</summary>
public static class Endpoints
{
    /// <summary>Interactive predictions.</summary>
    public const string Predict = "predict";

    /// <summary>Interactive ensemble predictions.</summary>
    public const string PredictEnsemble = "predict-ensemble";

    /// <summary>Interactive risk scores.</summary>
    public const string Risk = "risk";

    /// <summary>Risk of portfolios.</summary>
    public const string PortfolioRisk = "portfolio-risk";

    /// <summary>Descriptions of models.</summary>
    public const string Models = "models";

    /// <summary>Newest prices.</summary>
    public const string Prices = "prices";

    /// <summary>Recorded predictions.</summary>
    public const string Records = "records";

    /// <summary>Backtests.</summary>
    public const string Backtest = "backtest";

    /// <summary>Alert rules, and the alerts that they raised.</summary>
    public const string Alerts = "alerts";

    /// <summary>Predictions for services that publish and do not wait.</summary>
    public const string PredictDurable = "predict-durable";

    /// <summary>Risk scores for services that publish and do not wait.</summary>
    public const string RiskDurable = "risk-durable";

    /// <summary>The header, of a message and of an HTTP request, with the id of the request in logs.</summary>
    public const string RequestIdHeader = "X-Request-Id";

    /// <summary>The header of a request whose answer is not to be cached, with any value.</summary>
    public const string NotCachedHeader = "X-Not-Cached";

    /// <summary>
    /// The header of a scheduled request on a durable endpoint: the run that it belongs to. An answer that was published already is not published again for
    /// it, and its refusals are logged once for a symbol and reason.
    /// </summary>
    public const string ScheduledHeader = "X-Scheduled";

    /// <summary>All shared endpoints: each has a queue of its own name.</summary>
    public static IReadOnlyList<string> All { get; } =
        [
            Predict, PredictEnsemble, Risk, PortfolioRisk, Models, Prices, Records, Backtest, Alerts,
            PredictDurable, RiskDurable, PriceBars, PredictionRecords, Retrain, AlertEvents,
        ];

    /// <summary>The queue of an endpoint's messages that crashed their workers too often.</summary>
    public static string DeadLetters(string endpoint) => endpoint + "_dead";

    /// <summary>Closed bars that are written to the database.</summary>
    public const string PriceBars = "price-bars";

    /// <summary>Predictions that are recorded in the database.</summary>
    public const string PredictionRecords = "prediction-records";

    /// <summary>Requests to train models.</summary>
    public const string Retrain = "retrain";

    /// <summary>Events that alert rules are evaluated for.</summary>
    public const string AlertEvents = "alert-events";

    /// <summary>The header, of an event, with the day of an answer for a past day.</summary>
    public const string AsOfHeader = "X-As-Of";

    /// <summary>The address of an endpoint: its exchange. The address of its queue would declare that queue with the sender's arguments.</summary>
    public static Uri Address(string endpoint) => new($"exchange:{endpoint}");
}
