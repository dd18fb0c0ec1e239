namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>Social sentiment of one day. All three scores are valid by <see cref="IsScore"/>; 50 is neutral.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="SocialScore">Overall score; a hundredth of it is the answer's <c>socialSentiment</c>.</param>
/// <param name="Positive">Feature <c>sentiment_pos</c>.</param>
/// <param name="Negative">Feature <c>sentiment_neg</c>.</param>
public readonly record struct Sentiment(DateOnly Day, double SocialScore, double Positive, double Negative)
{
    /// <summary>Each score where nothing is known.</summary>
    public const double Neutral = 50;

    /// <summary>Whether a number is a score: 0..100.</summary>
    public static bool IsScore(double value) => value is >= 0 and <= 100;
}
