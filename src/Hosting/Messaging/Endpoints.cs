namespace Coinsphere.Messaging.Hosting;

/// <summary>The names of the endpoints that requests are sent to, and their addresses.</summary>
public static class Endpoints
{
    /// <summary>Interactive predictions.</summary>
    public const string Predict = "predict";

    /// <summary>Interactive ensemble predictions.</summary>
    public const string PredictEnsemble = "predict-ensemble";

    /// <summary>Interactive risk scores.</summary>
    public const string Risk = "risk";

    /// <summary>Descriptions of models.</summary>
    public const string Models = "models";

    /// <summary>Newest prices.</summary>
    public const string Prices = "prices";

    /// <summary>Closed bars that are written to the database.</summary>
    public const string PriceBars = "price-bars";

    /// <summary>Predictions that are recorded in the database.</summary>
    public const string PredictionRecords = "prediction-records";

    /// <summary>The address of an endpoint. Its exchange, since addressing the queue would declare it with a sender's idea of its arguments.</summary>
    public static Uri Address(string endpoint) => new($"exchange:{endpoint}");
}
