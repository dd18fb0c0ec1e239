namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>What became of a price: the rule of the three classes.</summary>
public static class Outcome
{
    /// <summary>A larger change, up or down, counts as a direction.</summary>
    public const double Threshold = 0.02;

    /// <summary>Below -2 % bearish, above +2 % bullish, else neutral.</summary>
    /// <param name="close">The close at the window's end, above 0.</param>
    /// <param name="later">The close a horizon later.</param>
    public static Direction Of(double close, double later)
    {
        var change = (later / close) - 1;
        return change < -Threshold ? Direction.Bearish : change > Threshold ? Direction.Bullish : Direction.Neutral;
    }
}
