namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>The roles of a worker, by its settings.</summary>
/// <param name="Answers">It answers predictions and risk scores; a worker with <c>Retraining:Role</c> Only does not.</param>
/// <param name="Writes">It writes bars, records and outcomes to PostgreSQL.</param>
/// <param name="Trains">It trains models.</param>
internal sealed record WorkerRoles(bool Answers, bool Writes, bool Trains)
{
    /// <summary>It writes records and outcomes: to PostgreSQL, or to a file.</summary>
    public bool KeepsRecords { get; init; } = Writes;
}
