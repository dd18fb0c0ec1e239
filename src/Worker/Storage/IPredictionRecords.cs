using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Records the predictions of messages: in PostgreSQL, or in one SQLite file.</summary>
internal interface IPredictionRecords
{
    /// <summary>Records a prediction. The first of equal ones stays.</summary>
    /// <param name="answer">The prediction.</param>
    /// <param name="wasTried">Whether the message was tried before.</param>
    /// <param name="isInMemory">Whether the message is in this process only: while nothing can be written, such messages would pile up.</param>
    /// <param name="cancellationToken">Cancels the wait, not the write.</param>
    /// <returns>Whether the prediction is new, after the commit; false where it is still to be written.</returns>
    Task<bool> AddAsync(PredictionAnswer answer, bool wasTried, bool isInMemory, CancellationToken cancellationToken);
}
