namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>The permissions of definitions from before users could declare nothing shared.</summary>
internal static class EarlierRights
{
    public const string WorkerConfigures =
        @"^(events|(predict|predict-ensemble|risk|portfolio-risk|models|prices|records|backtest|alerts|predict-durable|risk-durabl"
        + @"e|price-bars|prediction-records|retrain|alert-events)(_error|_skipped|_dead)?|(CacheClear|ModelUpdated)-[0-9a-f]{32}|[A-"
        + @"Za-z0-9_.-]+_bus_[a-z0-9]{26}|Coinsphere\.Messaging\.Contracts:(PredictRequested|RiskRequested|PriceBarClosed|RetrainReq"
        + @"uested|CacheClearRequested|ModelUpdated|PredictionCompleted|RiskScored|AlertRaised|ModelAlarmRaised|ModelsReported))$";

    public const string WorkerWrites =
        @"^(events|(predict|predict-ensemble|risk|portfolio-risk|models|prices|records|backtest|alerts|predict-durable|risk-durabl"
        + @"e|price-bars|prediction-records|retrain|alert-events)(_error|_skipped|_dead)?|(CacheClear|ModelUpdated)-[0-9a-f]{32}|[A-"
        + @"Za-z0-9_.-]+_bus_[a-z0-9]{26}|amq\.(default|fanout)|Coinsphere\.Messaging\.Contracts:(PredictionCompleted|RiskScored|Ale"
        + @"rtRaised|ModelAlarmRaised|ModelsReported|ModelUpdated|RetrainRequested|PriceBarClosed))$";

    public const string WorkerReads =
        @"^((predict|predict-ensemble|risk|portfolio-risk|models|prices|records|backtest|alerts|predict-durable|risk-durable|price"
        + @"-bars|prediction-records|retrain|alert-events)(_error|_skipped|_dead)?|(CacheClear|ModelUpdated)-[0-9a-f]{32}|Coinsphere"
        + @"\.Messaging\.Contracts:(PredictRequested|RiskRequested|PriceBarClosed|RetrainRequested|CacheClearRequested|ModelUpdated|"
        + @"PredictionCompleted|RiskScored|ModelAlarmRaised))$";

    public const string GatewayConfigures =
        @"^(events|event-log|predict|predict-ensemble|risk|portfolio-risk|models|prices|records|backtest|alerts|ModelsReported-[0-"
        + @"9a-f]{32}|Coinsphere\.Messaging\.Contracts:(CacheClearRequested|ModelsReported))$";

    public const string GatewayWrites =
        @"^(event-log|predict|predict-ensemble|risk|portfolio-risk|models|prices|records|backtest|alerts|amq\.fanout|ModelsReporte"
        + @"d-[0-9a-f]{32}|Coinsphere\.Messaging\.Contracts:CacheClearRequested)$";

    public const string GatewayReads =
        @"^(events|event-log|ModelsReported-[0-9a-f]{32}|Coinsphere\.Messaging\.Contracts:ModelsReported)$";
}
