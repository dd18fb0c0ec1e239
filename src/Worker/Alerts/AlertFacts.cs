using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>What rules are judged by: an event, or the age of data at a time.</summary>
/// <param name="Topic">Which conditions it is about.</param>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="At">When it was so, by the clock of whoever found it.</param>
internal sealed record AlertFacts(AlertTopic Topic, string Symbol, DateTimeOffset At)
{
    // As precise as states are stored.
    public DateTimeOffset At { get; } = DateTimeOffset.FromUnixTimeMilliseconds(At.ToUnixTimeMilliseconds());

    /// <summary>The horizon of a prediction.</summary>
    public string? Timeframe { get; init; }

    public string? PredictionId { get; init; }

    public PricePrediction? Prediction { get; init; }

    public RiskAnswer? Risk { get; init; }

    /// <summary>The day of the newest bar; null where the facts say nothing about bars.</summary>
    public DateOnly? DataAsOf { get; init; }

    /// <summary>The version of the model that has an alarm.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>How many days before these facts the newest bar closed; 0 where it closes later.</summary>
    public double? DataAgeDays => DataAsOf is { } day ? Math.Max(0, (At - day.EndOfDay()).TotalDays) : null;

    public static AlertFacts Of(PredictionAnswer answer) => new(AlertTopic.Prediction, answer.Symbol, answer.GeneratedAt)
    {
        Timeframe = answer.Timeframe,
        PredictionId = answer.PredictionId,
        Prediction = answer.Prediction,
        DataAsOf = answer.DataAsOf,
    };

    public static AlertFacts Of(RiskAnswer answer) =>
        new(AlertTopic.Risk, answer.Symbol, answer.AnalyzedAt) { Risk = answer, DataAsOf = answer.DataAsOf };

    public static AlertFacts OfData(string symbol, DateOnly newestBar, DateTimeOffset at) => new(AlertTopic.Data, symbol, at) { DataAsOf = newestBar };

    public static AlertFacts OfModel(string symbol, ModelAlarmRaised alarm) =>
        new(AlertTopic.Model, symbol, alarm.RaisedAt) { ModelVersion = alarm.ModelVersion };
}

/// <summary>What facts are about.</summary>
internal enum AlertTopic
{
    Prediction,
    Risk,
    Data,
    Model,
}
