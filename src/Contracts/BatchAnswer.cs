using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>The results of a batch, one for each symbol asked for, in order.</summary>
/// <typeparam name="T">The answer's type.</typeparam>
/// <param name="Results">The results.</param>
public sealed record BatchAnswer<T>([property: JsonPropertyName("results")] IReadOnlyList<BatchItem<T>> Results) where T : class;

/// <summary>The result of one symbol of a batch: an answer or a refusal.</summary>
/// <typeparam name="T">The answer's type.</typeparam>
/// <param name="Symbol">The symbol as asked for, in upper case.</param>
/// <param name="Answer">The answer, where there is one.</param>
/// <param name="Refusal">The refusal, where there is no answer.</param>
public sealed record BatchItem<T>(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("answer")] T? Answer = null,
    [property: JsonPropertyName("refusal")] RequestRefused? Refusal = null) where T : class;
