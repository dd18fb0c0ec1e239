namespace Coinsphere.Messaging.Tests;

/// <summary>
/// What holds for every test of <c>[Trait("Category", "WallClock")]</c>: it compares durations that it measured. Whoever shares the machine, its clock rate and
/// its caches move such a ratio, and no code of ours has changed. So a bound is at least <see cref="Margin"/> away from what was measured on a quiet machine,
/// and
/// still well short of what the fault costs that the test is there for. On a machine that is much too busy they are left out by
/// <c>--filter Category!=WallClock</c>.
/// </summary>
internal static class WallClock
{
    /// <summary>How many times worse than measured a ratio may be: by turns and in one process, ratios were seen to move by a third.</summary>
    public const double Margin = 1.6;
}
