namespace Coinsphere.Messaging.Client;

/// <summary>What a watch has seen: an answer, or that some may be missing.</summary>
/// <typeparam name="T">The answer, such as <see cref="Contracts.PredictionAnswer"/>.</typeparam>
/// <param name="Id">The id of the event, to go on after it with a later watch; null over the bus, which keeps no events.</param>
/// <param name="Answer">The answer; null where <paramref name="Missed"/> says that some may be missing.</param>
/// <param name="Missed">Why events before the next one may be missing, as a sentence; null where there is an answer.</param>
public sealed record Watched<T>(string? Id, T? Answer, string? Missed) where T : class;
