namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>Social sentiment of a symbol, the same for every row of a feature table. All three 0..100, where 50 is neutral.</summary>
/// <param name="SocialScore">Overall score; a hundredth of it is the answer's <c>socialSentiment</c>.</param>
/// <param name="Positive">Feature <c>sentiment_pos</c>.</param>
/// <param name="Negative">Feature <c>sentiment_neg</c>.</param>
/// <param name="Source">Where it came from, as answers name it.</param>
public sealed record Sentiment(double SocialScore, double Positive, double Negative, string Source)
{
    /// <summary>What is used where no source is configured: 50/50/50, source <c>neutral</c>.</summary>
    public static Sentiment Neutral { get; } = new(50, 50, 50, "neutral");
}
