namespace Coinsphere.Messaging.Load;

/// <summary>One run. Times are milliseconds, CPU times milliseconds a request.</summary>
internal sealed record Run
{
    public required int Requests { get; init; }

    public required double PerSecond { get; init; }

    public required double Median { get; init; }

    public required double Tail { get; init; }

    public required double Workers { get; init; }

    public required double Gateway { get; init; }

    public required double Broker { get; init; }

    public required double Database { get; init; }

    public required double Redis { get; init; }

    public required double Generator { get; init; }

    /// <summary>Requests that reached a worker.</summary>
    public required long Handled { get; init; }

    /// <summary>Requests of the busiest worker over those of the idlest.</summary>
    public required double Spread { get; init; }

    /// <summary>Forward passes a request.</summary>
    public required double Inferences { get; init; }

    /// <summary>Share of the requests that the gateway answered from the cache.</summary>
    public required double Hits { get; init; }

    /// <summary>Share of the machine's processor time that processes took which have no part in this.</summary>
    public required double Others { get; init; }
}
