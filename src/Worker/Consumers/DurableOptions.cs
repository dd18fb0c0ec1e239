using System.ComponentModel.DataAnnotations;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Section <c>Durable</c>: the endpoints of services that publish and do not wait.</summary>
internal sealed class DurableOptions
{
    public const string Section = "Durable";

    /// <summary>Requests that a worker computes at the same time on each durable endpoint. Low, to leave the cores to interactive requests.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 1;
}
