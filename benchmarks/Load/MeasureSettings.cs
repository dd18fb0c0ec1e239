namespace Coinsphere.Messaging.Load;

/// <summary>What to measure. Processes are told by id, several separated by commas.</summary>
internal sealed record MeasureSettings
{
    public required Uri Gateway { get; init; }

    /// <summary>The port that gateway and workers send their metrics to.</summary>
    public required int Collector { get; init; }

    /// <summary>The newest day asked for.</summary>
    public required DateOnly Until { get; init; }

    /// <summary>Whether the same few questions are asked again and again, to be answered from the cache; else no two at the same time are alike.</summary>
    public bool Repeat { get; init; }

    public required string WorkerIds { get; init; }

    public required int GatewayId { get; init; }

    public required int BrokerId { get; init; }

    public required int DatabaseId { get; init; }

    public required int RedisId { get; init; }

    /// <summary>A file to write the last run's stages to.</summary>
    public string? Stages { get; init; }

    public int Connections { get; init; } = 16;

    public int Seconds { get; init; } = 10;

    public int Runs { get; init; } = 3;

    public int[] Workers => [.. WorkerIds.Split(',').Select(int.Parse)];
}
