namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>The position of each feature in a row, see <see cref="FeatureNames"/>.</summary>
public static class FeatureColumn
{
#pragma warning disable CS1591 // each is the feature of its name
    public const int Close = 0;
    public const int Change1h = 1;
    public const int Change24h = 2;
    public const int HlSpread = 3;
    public const int LogReturns = 4;
    public const int Rsi = 5;
    public const int Macd = 6;
    public const int MacdSignal = 7;
    public const int BbUpper = 8;
    public const int BbLower = 9;
    public const int Ema20 = 10;
    public const int Ema50 = 11;
    public const int VolumeMa = 12;
    public const int Volume = 13;
    public const int VolumeChange = 14;
    public const int MarketCap = 15;
    public const int MarketCapChange = 16;
    public const int SocialScore = 17;
    public const int SentimentPos = 18;
    public const int SentimentNeg = 19;
#pragma warning restore CS1591
}
