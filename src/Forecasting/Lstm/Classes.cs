namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>What a network gives a probability of each.</summary>
public static class Classes
{
    /// <summary>Bearish, neutral, bullish, in this order.</summary>
    public const int Count = 3;
}
