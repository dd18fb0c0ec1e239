namespace Coinsphere.Messaging.MarketStandIn;

/// <summary>How a request fails.</summary>
public enum MarketFault
{
    /// <summary>429 with Retry-After.</summary>
    TooManyRequests,

    /// <summary>418 with Retry-After, as Binance bans an address.</summary>
    Banned,

    /// <summary>503 without Retry-After.</summary>
    ServerError,

    /// <summary>451, as Binance refuses some countries.</summary>
    Refused,

    /// <summary>A page of HTML with status 200, as a proxy in between sends it.</summary>
    Html,

    /// <summary>A body that ends in the middle with the connection.</summary>
    CutOff,

    /// <summary>JSON that ends in the middle.</summary>
    HalfJson,

    /// <summary>No answer until the client gives up.</summary>
    Hang,

    /// <summary>A body without an end.</summary>
    Endless,

    /// <summary>Kraken's 200 with EGeneral:Too many requests.</summary>
    KrakenTooMany,

    /// <summary>Kraken's 200 with EService:Unavailable.</summary>
    KrakenUnavailable,
}
