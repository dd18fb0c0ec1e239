namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>The version of a symbol's cached answers: an answer is valid only while its version equals the symbol's.</summary>
/// <param name="Token">A random text, unlike every earlier one and every other symbol's.</param>
/// <param name="IsShared">
/// Whether every process that changes the symbol ends this version, so that what was read under it may be cached for a while; not for ever, since Redis may
/// miss an invalidation. A version that only this process knows is not shared, and nothing is stored under it.
/// </param>
public readonly record struct CacheVersion(string Token, bool IsShared);
