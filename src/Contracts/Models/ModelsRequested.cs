using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Asks for descriptions of symbols' models. Answered with <see cref="ModelsDescribed"/>, or <see cref="RequestRefused"/> where a text is not a
/// symbol.
/// </summary>
/// <param name="Symbols">Symbols or aliases, in any case. An empty list asks whether a worker is available.</param>
public sealed record ModelsRequested([property: JsonPropertyName("symbols")] IReadOnlyList<string> Symbols);

/// <summary>The answer to <see cref="ModelsRequested"/>.</summary>
/// <param name="Models">One entry for each symbol asked for, in order.</param>
public sealed record ModelsDescribed([property: JsonPropertyName("models")] IReadOnlyList<ModelInfo> Models);
