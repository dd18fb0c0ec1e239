using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Dashboard.Data;

/// <summary>All that a symbol's page shows. Each part is an answer or a refusal of its own.</summary>
internal sealed record SymbolReport(
    Result<PredictionAnswer> Prediction, Result<RiskAnswer> Risk, Result<PriceBars> Bars, Result<BacktestAnswer> Backtest, Result<PredictionHistory> History);
