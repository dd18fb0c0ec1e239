namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>The expected direction of the price; the values are the model's classes.</summary>
public enum Direction
{
    /// <summary>Down by more than 2 %.</summary>
    Bearish = 0,

    /// <summary>In between.</summary>
    Neutral = 1,

    /// <summary>Up by more than 2 %.</summary>
    Bullish = 2,
}

/// <summary>The confidence of a prediction, in words.</summary>
public enum Confidence
{
    /// <summary>Below 0.5.</summary>
    Low,

    /// <summary>From 0.5.</summary>
    Medium,

    /// <summary>From 0.7.</summary>
    High,
}
