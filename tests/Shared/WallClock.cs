namespace Coinsphere.Messaging.Tests;

/// <summary>
/// What holds for every test of <c>[Trait("Category", "WallClock")]</c>: it compares durations that it measured. Whoever shares the machine, its clock rate and
/// its caches move such a ratio, and no code of ours has changed. So both sides are measured by turns, and a bound lies between what was measured on a quiet
/// machine and what the fault costs that the test is there for. On a machine that is much too busy they are left out by
/// <c>--filter Category!=WallClock</c>.
/// </summary>
internal static class WallClock;
