namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>The 20 features by name, in the order the model reads them.</summary>
public static class FeatureNames
{
    /// <summary>How many features a time step has.</summary>
    public const int Count = 20;

    /// <summary>The names in order; a feature's position is its column.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "close", "change_1h", "change_24h", "hl_spread", "log_returns",
        "rsi", "macd", "macd_signal", "bb_upper", "bb_lower",
        "ema_20", "ema_50", "volume_ma", "volume", "volume_change",
        "market_cap", "market_cap_change", "social_score", "sentiment_pos", "sentiment_neg",
    ];
}
