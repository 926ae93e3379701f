/// What a trial file shows.
extension NotebookPython {
  /// Masks, inputs and weights of one trial.
  static let trial = #"""
    def sheet(values):
        """An array as a matrix, one row an output unit."""
        return values.reshape(len(values), -1)


    def reduced(values, most=150):
        """A matrix as an image of at most so many rows and columns, each the mean of what falls into it."""
        for axis in (0, 1):
            count = values.shape[axis]
            starts = np.unique(np.linspace(0, count, min(most, count), endpoint=False).astype(int))
            sizes = np.diff(np.append(starts, count))
            values = np.add.reduceat(values, starts, axis=axis) / np.expand_dims(sizes, 1 - axis)
        return values


    def draw_masks(masks):
        names = list(masks)[:6]
        figure, axes = plt.subplots(1, len(names), figsize=(2.6 * len(names) + 0.8, 2.9), dpi=80, squeeze=False)
        for place, name in zip(axes[0], names):
            mask = sheet(masks[name][()].astype(float))
            image = place.imshow(reduced(mask), cmap="Greys", vmin=0, aspect="auto", interpolation="nearest")
            place.set_title(f"{name}\n{100 * mask.mean():.3g} % of {mask.shape[0]} × {mask.shape[1]}", fontsize=8)
            place.set_xticks([])
            place.set_yticks([])
            figure.colorbar(image, ax=place, shrink=0.7).ax.tick_params(labelsize=6)
        figure.suptitle("Weights that are kept: a row an output, a column an input", fontsize=9)
        figure.tight_layout()
        plt.show()


    def draw_inputs(masks):
        """How many weights each pixel keeps, where the first layer reads a square image."""
        first = sheet(masks[list(masks)[0]][()].astype(int)).sum(axis=0)
        side = int(round(len(first) ** 0.5))
        if side * side != len(first) or side < 8:
            return
        figure, axes = plt.subplots(figsize=(3.2, 2.8), dpi=80)
        image = axes.imshow(first.reshape(side, side), cmap="viridis", interpolation="nearest")
        axes.set_title("Weights that each pixel keeps", fontsize=9)
        axes.set_xticks([])
        axes.set_yticks([])
        figure.colorbar(image, ax=axes, shrink=0.8)
        plt.show()


    def draw_weights(weights, masks, initial):
        names = [name for name in masks if name in weights][:6]
        figure, axes = plt.subplots(1, len(names), figsize=(2.6 * len(names) + 0.8, 2.6), dpi=80, squeeze=False)
        for place, name in zip(axes[0], names):
            kept = masks[name][()].astype(bool)
            values = weights[name][()][kept]
            if initial is not None and name in initial:
                place.hist(initial[name][()].ravel(), bins=60, density=True, color="#BBBBBB", label="before training, all")
            if values.size:
                place.hist(values, bins=60, density=True, histtype="step", color=COLORS[0], label="survivors")
            place.set_title(name, fontsize=8)
            place.set_yticks([])
            place.tick_params(labelsize=7)
        axes[0][0].legend(frameon=False, fontsize=7)
        figure.suptitle("Weights, as densities", fontsize=9)
        figure.tight_layout()
        plt.show()


    if trial and pathlib.Path(trial).exists():
        with h5py.File(trial, "r") as file:
            rounds = sorted(file["rounds"], key=int)
            last = file["rounds"][rounds[-1]]
            sparsity, accuracy = last.attrs["sparsity"], last.attrs.get("test_accuracy", np.nan)
            print(f"{file.attrs['trial']}, round {rounds[-1]}:", end=" ")
            print(f"sparsity {100 * sparsity:.2f} %, test accuracy {100 * accuracy:.2f} %")
            display(frame(last["layers"]))
            masks = last.get("masks", {})
            if len(masks):
                draw_masks(masks)
                draw_inputs(masks)
                if "weights" in last:
                    draw_weights(last["weights"], masks, file.get("initial/weights"))
    else:
        print(f"no trial file at {trial!r}: `coppice run {experiment}` writes them beside the summary")
    """#

  /// The accuracy of each class, before and after.
  static let classes = #"""
    if trial and pathlib.Path(trial).exists():
        with h5py.File(trial, "r") as file:
            rounds = sorted(file["rounds"], key=int)
            classes = {}
            for number in dict.fromkeys([rounds[0], rounds[-1]]):
                evaluations = file["rounds"][number]["evaluations"]
                if "test_class_accuracy" in evaluations:
                    classes[number] = 100 * evaluations["test_class_accuracy"][-1]
            shown = {number: 100 * file["rounds"][number].attrs["sparsity"] for number in classes}
        if classes:
            figure, axes = plt.subplots(figsize=(6.5, 3.2), dpi=80)
            for position, (number, values) in enumerate(classes.items()):
                width = 0.8 / len(classes)
                axes.bar(
                    np.arange(len(values)) + position * width, values, width, color=COLORS[position],
                    hatch=["", "//"][position], edgecolor="white",
                    label=f"round {number}, {shown[number]:.4g} % of the weights gone")
            lowest = min(values.min() for values in classes.values())
            axes.set_ylim(max(0, lowest - 5), 100)
            axes.set_xticks(np.arange(len(values)) + 0.4 - 0.4 / len(classes), range(len(values)))
            axes.set_xlabel("Class")
            axes.set_ylabel("Test accuracy (%)")
            axes.spines[["top", "right"]].set_visible(False)
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, frameon=False, fontsize=8)
            axes.set_title("Accuracy of each class, n = 1", fontsize=10)
            plt.show()
        else:
            print("this trial has no accuracy of classes")
    else:
        print(f"no trial file at {trial!r}")
    """#
}
