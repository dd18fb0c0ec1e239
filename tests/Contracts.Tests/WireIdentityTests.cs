using System.Reflection;
using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts.Tests;

/// <summary>
/// A message's full type name is its identity on the bus, so moving or renaming one breaks every running process of another version.
/// Adding one means adding it here; changing a line here is a breaking change.
/// </summary>
public class WireIdentityTests
{
    [Fact]
    public void FullTypeNamesOfAllMessagesAndTheirParts_StayAsTheyAre() => Assert.Equal(
        [
            "Coinsphere.Messaging.Contracts.AccuracyPart",
            "Coinsphere.Messaging.Contracts.Alert",
            "Coinsphere.Messaging.Contracts.AlertHistory",
            "Coinsphere.Messaging.Contracts.AlertRaised",
            "Coinsphere.Messaging.Contracts.AlertRule",
            "Coinsphere.Messaging.Contracts.AlertRulePutRequested",
            "Coinsphere.Messaging.Contracts.AlertRuleRemoveRequested",
            "Coinsphere.Messaging.Contracts.AlertRuleRemoved",
            "Coinsphere.Messaging.Contracts.AlertRuleTestRequested",
            "Coinsphere.Messaging.Contracts.AlertRules",
            "Coinsphere.Messaging.Contracts.AlertRulesRequested",
            "Coinsphere.Messaging.Contracts.AlertsRequested",
            "Coinsphere.Messaging.Contracts.BacktestAnswer",
            "Coinsphere.Messaging.Contracts.BacktestRequested",
            "Coinsphere.Messaging.Contracts.BacktestUncertainty",
            "Coinsphere.Messaging.Contracts.BacktestedDay",
            "Coinsphere.Messaging.Contracts.BatchAnswer`1",
            "Coinsphere.Messaging.Contracts.BatchItem`1",
            "Coinsphere.Messaging.Contracts.CacheClearRequested",
            "Coinsphere.Messaging.Contracts.CallerKey",
            "Coinsphere.Messaging.Contracts.CallerKeys",
            "Coinsphere.Messaging.Contracts.ClassProbabilities",
            "Coinsphere.Messaging.Contracts.EnsembleAnswer",
            "Coinsphere.Messaging.Contracts.EnsembleMetadata",
            "Coinsphere.Messaging.Contracts.EnsemblePredictRequested",
            "Coinsphere.Messaging.Contracts.FeatureContribution",
            "Coinsphere.Messaging.Contracts.FeatureContributions",
            "Coinsphere.Messaging.Contracts.FeedReport",
            "Coinsphere.Messaging.Contracts.HistoricalAccuracy",
            "Coinsphere.Messaging.Contracts.HoldingRisk",
            "Coinsphere.Messaging.Contracts.Indicators",
            "Coinsphere.Messaging.Contracts.LatestPricesAnswer",
            "Coinsphere.Messaging.Contracts.LatestPricesRequested",
            "Coinsphere.Messaging.Contracts.LikelyRange",
            "Coinsphere.Messaging.Contracts.ModelAlarmRaised",
            "Coinsphere.Messaging.Contracts.ModelInfo",
            "Coinsphere.Messaging.Contracts.ModelUpdated",
            "Coinsphere.Messaging.Contracts.ModelsDescribed",
            "Coinsphere.Messaging.Contracts.ModelsReported",
            "Coinsphere.Messaging.Contracts.ModelsRequested",
            "Coinsphere.Messaging.Contracts.PortfolioHolding",
            "Coinsphere.Messaging.Contracts.PortfolioLoss",
            "Coinsphere.Messaging.Contracts.PortfolioRiskAnswer",
            "Coinsphere.Messaging.Contracts.PortfolioRiskRequested",
            "Coinsphere.Messaging.Contracts.PredictRequested",
            "Coinsphere.Messaging.Contracts.PredictionAccuracy",
            "Coinsphere.Messaging.Contracts.PredictionAccuracyRequested",
            "Coinsphere.Messaging.Contracts.PredictionAnswer",
            "Coinsphere.Messaging.Contracts.PredictionCompleted",
            "Coinsphere.Messaging.Contracts.PredictionHistory",
            "Coinsphere.Messaging.Contracts.PredictionHistoryRequested",
            "Coinsphere.Messaging.Contracts.PriceBar",
            "Coinsphere.Messaging.Contracts.PriceBarClosed",
            "Coinsphere.Messaging.Contracts.PriceBars",
            "Coinsphere.Messaging.Contracts.PriceBarsRequested",
            "Coinsphere.Messaging.Contracts.PriceInterval",
            "Coinsphere.Messaging.Contracts.PricePoint",
            "Coinsphere.Messaging.Contracts.PricePrediction",
            "Coinsphere.Messaging.Contracts.PriceQuantile",
            "Coinsphere.Messaging.Contracts.PriceRange",
            "Coinsphere.Messaging.Contracts.ProcessReport",
            "Coinsphere.Messaging.Contracts.QueueReport",
            "Coinsphere.Messaging.Contracts.RecordedPrediction",
            "Coinsphere.Messaging.Contracts.RequestRefused",
            "Coinsphere.Messaging.Contracts.RetrainRequested",
            "Coinsphere.Messaging.Contracts.RiskAnswer",
            "Coinsphere.Messaging.Contracts.RiskFactor",
            "Coinsphere.Messaging.Contracts.RiskFactors",
            "Coinsphere.Messaging.Contracts.RiskForecast",
            "Coinsphere.Messaging.Contracts.RiskRequested",
            "Coinsphere.Messaging.Contracts.RiskScored",
            "Coinsphere.Messaging.Contracts.StageReport",
            "Coinsphere.Messaging.Contracts.SystemReport",
            "Coinsphere.Messaging.Contracts.TrainingResult",
            "Coinsphere.Messaging.Contracts.WebhookDeliveries",
            "Coinsphere.Messaging.Contracts.WebhookTested",
            "Coinsphere.Messaging.Contracts.WorkerReport",
        ],
        OnTheWire.Select(type => type.FullName).Order(StringComparer.Ordinal));

    // Serializers differ in how they name what has no name.
    [Fact]
    public void EveryPropertyOfAMessage_NamesItselfInJson()
    {
        var unnamed = OnTheWire
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Where(property => property.GetCustomAttribute<JsonPropertyNameAttribute>() is null)
            .Select(property => $"{property.DeclaringType!.Name}.{property.Name}");
        Assert.Empty(unnamed);
    }

    private static IEnumerable<Type> OnTheWire => typeof(PredictRequested).Assembly.GetExportedTypes()
        .Where(type => type.GetProperties().Any(property => property.IsDefined(typeof(JsonPropertyNameAttribute))));
}
