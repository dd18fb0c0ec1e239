using System.Diagnostics.CodeAnalysis;

namespace Coinsphere.Messaging.Contracts;

/// <summary>The result of a request: an answer or a refusal, never both and never neither.</summary>
/// <typeparam name="T">The answer's type.</typeparam>
public sealed class Result<T> where T : class
{
    private Result(T? answer, RequestRefused? refusal) => (Answer, Refusal) = (answer, refusal);

    /// <summary>The answer, or null where the request was refused.</summary>
    public T? Answer { get; }

    /// <summary>The refusal, or null where there is an answer.</summary>
    public RequestRefused? Refusal { get; }

    /// <summary>Whether the request was refused.</summary>
    [MemberNotNullWhen(true, nameof(Refusal)), MemberNotNullWhen(false, nameof(Answer))]
    public bool IsRefused => Refusal is not null;

    /// <summary>An answer.</summary>
    public static implicit operator Result<T>(T answer) => new(answer ?? throw new ArgumentNullException(nameof(answer)), null);

    /// <summary>A refusal.</summary>
    public static implicit operator Result<T>(RequestRefused refusal) => new(null, refusal ?? throw new ArgumentNullException(nameof(refusal)));
}
